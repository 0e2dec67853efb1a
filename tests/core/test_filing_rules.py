"""The rules of filing, as properties: total over any content, exact about the forms they know."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.core.filing import life, numbers
from gate.core.filing.check import Surroundings, acceptable, check, permitted_kg
from gate.core.filing.content import blank, changed, paths_in, tidied, unreadable, value_at
from gate.core.filing.fields import FIELDS, LISTS, Kind, field_of
from gate.core.filing.fleet_rules import driver, vehicle
from gate.core.filing.life import MAY, Side, after_amendment
from gate.core.filing.problems import TEXTS, Severity, error, text_of
from gate.core.filing.record import columns, content_of, for_copy
from gate.core.filing.vehicle_rules import KnownVehicle
from schemas.containers import check_digit
from schemas.declarations import TRANSITIONS, Clearance, Clearances, DeclarationStatus
from schemas.tariff import Tariff, TariffLine
from tests.firms.rig import SITE, content, vn_tax_number

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AROUND = Surroundings(now=NOW, gates=frozenset({SITE}))
PATHS = [p.replace("*", "0") for p in FIELDS]
LEAVES = st.none() | st.text(max_size=40) | st.integers() | st.booleans() | st.floats()
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=15,
)


HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("until", "problem"),
    [("2026-11-24", "document_over"), ("2026-11-25", "document_ends"), ("2026-11-26", "")],
)
def test_documents_end_with_the_gates_calendar_day_not_with_utcs(until: str, problem: str) -> None:
    """Half past midnight of the 25th at the gate; the truck comes half past midnight of the 26th.

    By UTC's calendar it would be the 24th and the 25th.
    """
    now = datetime(2026, 11, 24, 17, 30, tzinfo=UTC).astimezone(HANOI)
    crossing = now.astimezone(UTC) + timedelta(days=1)
    draft = good(
        window_from=crossing.isoformat(), window_to=(crossing + timedelta(hours=4)).isoformat()
    )
    draft["driver"]["document_until"] = until
    found = check(draft, Surroundings(now=now, gates=frozenset({SITE})))
    alone = driver(draft["driver"], now)[1]

    path = "document_until"
    assert [p.code for p in found if p.path == f"driver.{path}"] == ([problem] if problem else [])
    over = ["document_over"] if problem == "document_over" else []
    assert [p.code for p in alone if p.path == path] == over


def good(**changes: Any) -> dict[str, Any]:
    return content(NOW, **changes)


def codes(made: dict[str, Any], around: Surroundings = AROUND) -> set[tuple[str, str]]:
    return {(p.path, p.code) for p in check(made, around)}


def test_a_good_content_has_no_problem_at_all() -> None:
    assert check(good(), AROUND) == ()


@given(TREES)
def test_any_tree_is_tidied_and_checked_without_an_error_of_ours(tree: Any) -> None:
    made, problems = tidied(tree)
    for problem in (*problems, *check(made, AROUND)):
        assert text_of(problem)


@pytest.mark.parametrize("path", ["goods.*.quantity", "seals.*", f"goods.{'9' * 5000}.unit"])
def test_a_path_without_a_line_number_is_an_unknown_field(path: str) -> None:
    made, problems = changed(blank(), {path: "x"})
    assert (made, [p.code for p in problems]) == (blank(), ["unknown_field"])


@given(st.dictionaries(st.sampled_from(PATHS) | st.text(max_size=20), LEAVES, max_size=12))
def test_what_is_typed_is_kept_and_reading_it_again_changes_nothing(changes: Any) -> None:
    made, problems = changed(blank(), changes)
    again, more = changed(blank(), {path: value_at(made, path) for path in paths_in(made)})
    assert {p: value_at(again, p) for p in paths_in(again)} == {
        p: value_at(made, p) for p in paths_in(made)
    }
    known = {p.path for p in problems if field_of(p.path) is not None}
    assert {p.path for p in unreadable(made)} <= known | {p.path for p in more}
    for path, raw in changes.items():
        if field_of(path) is not None and isinstance(raw, str) and raw.strip():
            assert value_at(made, path) is not None, (path, raw)


@given(st.sampled_from(PATHS))
def test_each_needed_field_is_missed_where_it_is_cleared(path: str) -> None:
    made, _ = changed(good(), {path: None})
    found = check(made, AROUND)
    needed = {
        "direction", "gate", "window_from", "window_to", "tractor.plate", "tractor.country",
        "tractor.permitted_kg", "trailer.permitted_kg", "trailer.country", "gross_kg",
        "driver.name", "driver.nationality", "driver.document_kind", "driver.document_number",
        "driver.birth_date", "driver.document_until", "goods.0.description", "goods.0.hs_code",
        "goods.0.quantity", "goods.0.unit", "goods.0.net_kg", "goods.0.origin", "seals.0",
        "trailer.plate", "containers.0.number",
    }  # fmt: skip
    stopped = {p.path for p in found if p.severity is Severity.ERROR}
    assert stopped == ({path} if path in needed else set())


@given(st.text(string.digits, min_size=1, max_size=14), st.sampled_from(["VN", "CN", "TH"]))
def test_hs_codes_have_the_lengths_of_their_origin(code: str, origin: str) -> None:
    lengths = {"VN": (6, 8), "CN": (6, 8, 10, 13)}.get(origin, (6, 8, 10))
    chapters = {f"{n:02d}" for n in range(1, 98)} - {"77"}
    goods = [{**good()["goods"][0], "hs_code": code, "origin": origin}]
    wrong = {c for p, c in codes(good(goods=goods)) if p == "goods.0.hs_code"}
    if len(code) not in lengths:
        assert wrong == {"hs_form"}
    else:
        assert wrong == (set() if code[:2] in chapters else {"hs_chapter"})


@given(st.integers(0, 999_999), st.integers(0, 9))
def test_a_container_has_one_right_check_digit(serial: int, digit: int) -> None:
    body = f"CSQU{serial:06d}"
    found = codes(good(containers=[{"number": f"{body}{digit}"}]))
    right = digit == check_digit(body)
    assert (("containers.0.number", "container_digit") in found) is not right


@given(st.integers(1, 99_999), st.integers(1, 60_000), st.integers(1_000, 60_000))
def test_the_gross_weight_lies_between_the_goods_and_what_is_permitted(
    gross: int, net: int, permitted: int
) -> None:
    made = good(gross_kg=gross)
    made["goods"][0] |= {"net_kg": net, "gross_kg": None}
    made["tractor"]["permitted_kg"] = permitted
    made, _ = changed(made, {"goods.0.gross_kg": None})
    found = {c for p, c in codes(made) if p == "gross_kg"}
    assert ("gross_above_permitted" in found) is (gross > permitted)
    assert ("gross_below_goods" in found) is (gross < net)
    assert bool(found) is not (net + 1_000 <= gross <= permitted)


def test_the_fleet_knows_better_than_the_draft() -> None:
    made = good()
    place = made["tractor"]["plate"], "VN"
    known = KnownVehicle(
        plate=place[0], country="VN", kind="tractor", permitted_kg=30_000,
        permit_until=NOW - timedelta(days=1), insurance_until=NOW,
    )  # fmt: skip
    around = Surroundings(now=NOW, gates=frozenset({SITE}), fleet={place: known})
    assert permitted_kg(made, around) == 30_000
    found = codes(made, around)
    assert ("gross_kg", "gross_above_permitted") in found
    assert {c for p, c in found if p == "tractor.plate"} == {"permit_over", "insurance_over"}


@given(st.timedeltas(timedelta(days=-3), timedelta(days=40)),
       st.timedeltas(timedelta(hours=-5), timedelta(hours=90)))  # fmt: skip
def test_the_window_is_ahead_in_order_and_not_too_long(start: timedelta, length: timedelta) -> None:
    begin = NOW + timedelta(seconds=int(start.total_seconds()))
    end = begin + timedelta(seconds=int(length.total_seconds()))
    made = good(window_from=begin.isoformat(), window_to=end.isoformat())
    found = {c for p, c in codes(made) if p.startswith("window")}
    fine = begin < end and end > NOW and begin <= NOW + timedelta(days=30)
    assert (not found) is (fine and end - begin <= timedelta(hours=72))


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"tractor.plate": "14R-123.45"}, "tractor.plate", "plate_is_trailer"),
        ({"trailer.plate": "14C-123.45"}, "trailer.plate", "plate_not_trailer"),
        ({"tractor.plate": "桂A12345"}, "tractor.plate", "plate_other_country"),
        ({"tractor.plate": "hello"}, "tractor.plate", "plate_form"),
        ({"tractor.kind": "truck"}, "trailer.plate", "trailer_with_truck"),
        ({"driver.document_number": "022099001234"}, "driver.document_number",
         "citizen_number_birth"),
        ({"driver.document_number": "12345"}, "driver.document_number", "citizen_number_form"),
        ({"driver.document_kind": "passport"}, "driver.document_number", "passport_form"),
        ({"driver.birth_date": "2012-01-01"}, "driver.birth_date", "too_young"),
        ({"driver.document_until": "2026-11-01"}, "driver.document_until", "document_over"),
        ({"customs_number": "1234"}, "customs_number", "customs_form"),
        ({"customs_number": "102600000010"}, "customs_number", "customs_direction"),
        ({"customs_number": "720120200123456789"}, "customs_number", "customs_year"),
        ({"goods.0.un_number": "1202"}, "goods.0.un_number", "un_form"),
        ({"goods.0.un_number": "UN0001"}, "goods.0.un_number", "un_range"),
        ({"goods.0.un_number": "UN1202"}, "goods.0.un_number", "dangerous"),
        ({"goods.0.net_kg": 30_000}, "goods.0.net_kg", "net_above_gross"),
        ({"containers.1.number": "CSQU3054383", "containers.0.number": "CSQU3054383"},
         "containers.1.number", "container_twice"),
        ({"seals.0": "--"}, "seals.0", "seal_form"),
        ({"gate": "hekou"}, "gate", "gate_unknown"),
        ({"counterpart_tax_number": "12"}, "counterpart_tax_number", "tax_form"),
        ({"counterpart_plate": "x"}, "counterpart_plate", "plate_form"),
        ({"contact_phone": "call me"}, "contact_phone", "phone_form"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"goods.99.unit": "KGM"}, "goods.99.unit", "too_many_lines"),
    ],
)  # fmt: skip
def test_each_rule_names_the_field_and_its_code(
    changes: dict[str, Any], path: str, code: str
) -> None:
    made, wrong = changed(good(), changes)
    assert (path, code) in codes(made) | {(p.path, p.code) for p in wrong}


def test_driver_and_papers_may_be_left_out_but_an_officer_looks_at_missing_customs() -> None:
    made, _ = changed(good(), {p: None for p in FIELDS if p.startswith("driver.")})
    found = check(made, AROUND)
    assert acceptable(found)
    assert {p.code for p in found} == {"driver_missing"}
    assert not acceptable(check(good(customs_number=None), AROUND))


def test_lines_are_set_taken_out_and_blank_ones_do_not_count() -> None:
    made, _ = changed(good(), {"goods.2.description": "Mango"})
    assert made["goods"][1] == {}
    assert ("goods.2.hs_code", "required") in codes(made)
    assert not any(p.startswith("goods.1.") for p, _ in codes(made))
    made, _ = changed(made, {}, ("goods.2", "goods.0", "goods.9", "goods.x", "nothing.0"))
    assert made["goods"] == [{}]


@given(st.integers(0, 10**9))
def test_a_wrong_digit_in_a_declarations_number_is_found(serial: int) -> None:
    number = numbers.numbered("D26", serial)
    digits = number[3:]
    for at in range(len(digits) - 1):
        other = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :]
        assert numbers.numbered("D26", int(other[:-1]))[-1] != other[-1]


@given(st.text(max_size=30))
def test_forms_of_numbers_are_total(text: str) -> None:
    numbers.citizen(text)
    numbers.customs_number(text)
    numbers.phone_form(text)
    numbers.email_form(text)
    numbers.seal_form(text)
    for country in ("VN", "CN"):
        tidy = numbers.tidy_tax_number(text)
        if numbers.tax_form(tidy, country):
            numbers.tax_digit(tidy, country)


def test_tax_numbers_have_check_digits() -> None:
    assert numbers.tax_digit("0314409058", "VN")
    assert not numbers.tax_digit("0314409057", "VN")
    assert numbers.tax_form("0314409058-002", "VN")
    for _ in range(20):
        assert numbers.tax_digit(vn_tax_number(), "VN")


@pytest.mark.parametrize(
    ("number", "country"), [("91450681MA5XDEMO0A", "CN"), ("031440905", "VN"), ("٠٣١٤٤٠٩٠٥٨", "VN")]
)
def test_what_is_no_tax_number(number: str, country: str) -> None:
    assert not numbers.tax_form(number, country)


@given(st.emails())
def test_plain_addresses_are_taken(address: str) -> None:
    if len(address) <= 200 and not set(address) & set('"(),:;<>[]\\'):
        assert numbers.email_form(address) or "." not in address.rpartition("@")[2]


@pytest.mark.parametrize("hostile", ["a@b.c\nBcc: x@y.z", "a b@c.de", "<a@b.cd>", "a@b.cd,e@f.gh"])
def test_addresses_that_hide_a_header_are_not(hostile: str) -> None:
    assert not numbers.email_form(hostile)


def test_steps_that_somebody_may_take_are_steps_of_the_life() -> None:
    for (current, to), sides in MAY.items():
        assert to in TRANSITIONS[current], (current, to)
        assert sides
    for current, following in TRANSITIONS.items():
        for to in following:
            assert any(life.may(current, to, side) for side in Side)
    lane_only = {DeclarationStatus.RELEASED, DeclarationStatus.DEPARTED, DeclarationStatus.CLOSED}
    for current, following in TRANSITIONS.items():
        for to in following & lane_only:
            assert not life.may(current, to, Side.FIRM)
            assert not life.may(current, to, Side.STAFF)


@given(st.sampled_from(sorted(FIELDS)), st.sampled_from(list(Clearance)))
def test_an_amendment_never_gives_a_word_only_takes_it_back(path: str, word: Clearance) -> None:
    field = FIELDS[path]
    value: Any = 7 if field.kind is Kind.INTEGER else "X1234"
    before = good()
    after, _ = changed(before, {path.replace("*", "0"): value})
    words = Clearances(customs=word, border_guard=word, quarantine=word, fee=word)
    made = after_amendment(words, before, after, quarantine_needed=True)
    for name in ("customs", "border_guard", "quarantine", "fee"):
        assert getattr(made, name) in (getattr(words, name), Clearance.PENDING)
    assert made.fee is word


def test_columns_and_back_say_the_same() -> None:
    made = good()
    row = columns(made)
    back = content_of({**row, "goods": made["goods"], "tractor": made["tractor"],
                       "trailer": made["trailer"], "driver": made["driver"]})  # fmt: skip
    assert columns(back) == row
    assert for_copy(made)["goods"] == made["goods"]
    assert set(LISTS) <= for_copy(made).keys()


def test_a_vehicle_and_a_driver_are_checked_as_one_types() -> None:
    made, problems = vehicle({"plate": "14c-123.45", "country": "vn", "kind": "TRUCK",
                              "permitted_kg": "24,000"}, NOW)  # fmt: skip
    assert problems == ()
    assert made["plate"] == "14C12345"
    assert made["permitted_kg"] == 24_000
    _, problems = vehicle({"kind": "trailer", "plate": "14C12345", "country": "VN"}, NOW)
    assert {p.code for p in problems} == {"plate_not_trailer", "required"}
    _, problems = driver({"name": "A", "birth_date": "24/11/2026"}, NOW)
    assert ("birth_date", "not_a_date") in {(p.path, p.code) for p in problems}


def test_every_code_has_a_text_whose_places_are_filled() -> None:
    with pytest.raises(KeyError):
        error("x", "no_such_code")
    for code in TEXTS:
        assert not TEXTS[code].endswith(" ")


@given(st.integers(0, 100_000), st.sampled_from(["export", "import"]))
def test_of_each_fee_the_first_line_that_fits_is_owed(weight: int, direction: str) -> None:
    tariff = Tariff(
        name="t", currency="VND",
        lines=(TariffLine(code="a", amount=1, below_kg=10_000),
               TariffLine(code="a", amount=2, directions=("export",)),
               TariffLine(code="b", amount=0)),
    )  # fmt: skip
    due = tariff.due(direction=direction, kind="truck", permitted_kg=weight)
    wanted = [1] if weight < 10_000 else [2] if direction == "export" else []
    assert [line.amount for line in due] == wanted


def test_ages_are_counted_by_birthdays() -> None:
    born = date(2008, 11, 25)
    assert not numbers.is_adult(born, date(2026, 11, 24))
    assert numbers.is_adult(born, date(2026, 11, 25))
