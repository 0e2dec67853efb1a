"""Which declaration is this truck? Probabilities from all evidence, and "none of them"."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.core import confusion, papers
from gate.core.likelihood import IMPOSSIBLE, Sight, added, of_chance
from gate.core.match import KEPT, match, shortlist
from schemas.declarations import Declaration, DeclarationStatus, Direction
from schemas.policy import Policy
from schemas.transit import Match, Seen, SeenDocument, SeenPass, SeenPlate
from tests.core.builders import BOTH, NOW, declaration, look, seen

POLICY = Policy()
RIGID = declaration(trailer_plate="", containers=())


def matched(what: Seen, *declared: Declaration, policy: Policy = POLICY) -> Match:
    return match(what, declared or (declaration(),), policy, NOW)


def best_of(what: Seen, *declared: Declaration, policy: Policy = POLICY) -> float:
    best = matched(what, *declared, policy=policy).best
    return 0.0 if best is None else best.probability


def doubtful(text: str, at: int, char: str, other: float, role: str = "front") -> SeenPlate:
    """A look whose character ``at`` may be another with that probability."""
    plain = look(text, role)
    own = ((text[at], 1 - other), (char, other))
    return replace(plain, characters=(*plain.characters[:at], own, *plain.characters[at + 1 :]))


def test_nothing_seen_or_nothing_declared_matches_nothing() -> None:
    assert matched(replace(seen(), plates=())) == Match()
    assert match(seen(), (), POLICY, NOW) == Match()
    assert matched(replace(seen(), plates=(look(""),))) == Match()


def test_both_plates_as_declared_are_certain_and_say_why() -> None:
    found = matched(seen(containers=("CSQU3054383",)))
    (best,) = found.candidates

    assert best.probability > 0.9999
    assert best.evidence == (
        "front plate 14C-123.45 read 99%, as declared",
        "rear plate 14R-012.34 read 99%, as declared",
        "container CSQU3054383 matches",
    )
    assert [source for source, _ in best.weights] == ["front plate", "rear plate", "container"]
    assert all(weight > 6 for _, weight in best.weights)


def test_words_tell_of_many_looks_near_misses_and_differences() -> None:
    many = seen(look(), look(n=2), look("14C12346", n=3), look("99H55555", "rear"))
    words = matched(many).candidates[0].evidence

    assert words == (
        "front plate 14C-123.45 read 99% in 2 looks, as declared",
        "front plate 14C-123.46 read 99%, close to the declared 14C-123.45",
        "rear plate 99H-555.55 read 99%, differs from the declared 14R-012.34",
    )


def test_of_two_fleet_mates_the_one_that_was_read_is_the_one() -> None:
    mate = declaration(2, tractor_plate="14C12346", trailer_plate="14R01235")
    found = matched(seen(), declaration(), mate)

    assert found.candidates[0].declaration == UUID(int=1)
    assert found.candidates[0].probability > 0.9999


def test_what_one_camera_doubts_the_other_settles() -> None:
    mate = declaration(2, tractor_plate="14C12845", trailer_plate="14R01234")
    front = doubtful("14C12345", 5, "8", 0.45)
    same_behind = matched(seen(front, BOTH[1]), declaration(), mate)
    own = replace(mate, trailer_plate="14R99999")
    settled = matched(seen(front, BOTH[1]), declaration(), own)

    assert same_behind.candidates[0].probability < 0.9
    assert settled.candidates[0].probability > 0.999


def test_more_looks_of_one_camera_add_less_than_as_many_cameras() -> None:
    def weight(*looks: SeenPlate) -> float:
        return sum(w for _, w in matched(seen(*looks), RIGID).candidates[0].weights)

    one, two, both = (
        weight(look()),
        weight(look(), look(n=2)),
        weight(look(), look(role="rear")),
    )

    assert one < two < both


def test_one_wild_look_among_four_does_not_hide_the_truck() -> None:
    wild = look("KHONGDAU", n=9)

    assert best_of(seen(look(), look(n=2), look(n=3), wild, BOTH[1])) > 0.99


def test_an_undeclared_neighbour_of_a_declared_plate_is_nobodys() -> None:
    """Only the last digit differs, read with certainty in front and behind."""
    stranger = seen(look("14C12347"), look("14C12347", "rear"))
    found = matched(stranger, RIGID)

    assert found.best is None or found.best.probability < found.none


def test_a_stranger_with_a_declared_trailer_is_not_its_owner() -> None:
    found = matched(seen(look("99H77777"), BOTH[1]))

    assert found.candidates[0].probability < 0.99


@pytest.mark.parametrize(
    ("change", "least"),
    [
        ({"gate": "hekou"}, 0.9),
        ({"direction": Direction.IMPORT}, 0.9),
        ({"status": DeclarationStatus.DEPARTED}, 0.9),
        ({"window_to": NOW - timedelta(hours=30), "window_from": NOW - timedelta(hours=40)}, 0.9),
        ({"lane": "lane-9"}, 0.9),
    ],
)
def test_an_unlikely_declaration_is_found_alone_but_loses_to_a_likely_one(
    change: dict[str, object], least: float
) -> None:
    odd = declaration(2, **change)

    assert best_of(seen(), odd) > least
    both = matched(seen(), declaration(), odd)
    assert both.candidates[0].declaration == UUID(int=1)
    assert both.candidates[0].probability > (0.8 if "lane" in change else 0.999)


def test_a_booked_lane_that_is_this_one_changes_nothing() -> None:
    assert best_of(seen(), declaration(lane="lane-1")) == best_of(seen())


def test_the_window_counts_with_its_leeway_to_the_millisecond() -> None:
    def prior(**change: object) -> float:
        what = seen(look("99H77777"))
        return match(what, (declaration(**change),), POLICY, NOW).candidates[0].probability

    early = NOW + timedelta(milliseconds=POLICY.early_ms)
    late = NOW - timedelta(milliseconds=POLICY.late_ms)
    step = timedelta(milliseconds=1)
    far = timedelta(days=1)

    inside = matched(
        seen(), declaration(), declaration(2, window_from=early, window_to=early + far)
    )
    outside = matched(
        seen(), declaration(), declaration(2, window_from=early + step, window_to=early + far)
    )
    assert inside.candidates[1].probability == pytest.approx(0.5, abs=1e-3)
    assert outside.candidates[1].probability < 1e-3
    inside = matched(seen(), declaration(), declaration(2, window_from=late - far, window_to=late))
    outside = matched(
        seen(), declaration(), declaration(2, window_from=late - far, window_to=late - step)
    )
    assert inside.candidates[1].probability == pytest.approx(0.5, abs=1e-3)
    assert outside.candidates[1].probability < 1e-3
    assert prior() < 0.5


def test_papers_settle_which_of_two_declarations_of_one_truck_it_is() -> None:
    first = declaration(1, containers=("CSQU3054383",), driver_document="001")
    second = declaration(2, containers=("MSKU6011672",), driver_document="002")
    cases = (
        seen(containers=("MSKU6011672",)),
        seen(documents=(SeenDocument(kind="passport", number="002"),)),
        seen(gate_pass=SeenPass(declaration=second.number, plate="14C12345")),
    )

    assert best_of(seen(), first, second) == pytest.approx(0.5, abs=0.01)
    for case in cases:
        found = matched(case, first, second)
        assert found.candidates[0].declaration == second.id
        assert found.candidates[0].probability > 0.98


def test_a_bad_pass_or_document_proves_nothing() -> None:
    declared = declaration(driver_document="001")
    plain = matched(seen(), declared).candidates[0]
    forged = SeenPass(declaration=declared.number, plate="14C12345", problem="forged")
    unread = SeenDocument(kind="passport", number="001", problem="checkdigit")

    for what in (seen(gate_pass=forged), seen(documents=(unread,))):
        assert matched(what, declared).candidates[0] == plain


def test_what_papers_say_in_figures() -> None:
    declared = declaration(driver_document="001")
    none_declared = declaration(containers=(), driver_document="")

    assert papers.containers((), declared) == 0
    assert papers.containers(("CSQU3054383",), declared) > 15
    assert 5 < papers.containers(("CSQU3054333",), declared) < 12
    assert papers.containers(("MSKU6011672",), declared) == pytest.approx(-3.912, abs=1e-3)
    assert papers.containers(("MSKU6011672",), none_declared) == pytest.approx(-2.303, abs=1e-3)
    two = papers.containers(("CSQU3054383", "MSKU6011672"), declared)
    assert two == pytest.approx(18.401 - 3.912, abs=1e-2)
    right, wrong = (SeenDocument(kind="passport", number=n) for n in ("001", "002"))
    assert papers.documents((right,), declared) == pytest.approx(16.088, abs=1e-2)
    assert papers.documents((wrong,), declared) == pytest.approx(-3.507, abs=1e-2)
    assert papers.documents((wrong, right), declared) > 16
    assert papers.documents((right,), none_declared) == 0
    shown = SeenPass(declaration=declared.number, plate="14C12345")
    assert papers.gate_pass(None, declared, POLICY) == 0
    assert papers.gate_pass(shown, declared, POLICY) == pytest.approx(9.893, abs=1e-2)
    other = replace(shown, declaration="x")
    assert papers.gate_pass(other, declared, POLICY) == pytest.approx(-1.609, abs=1e-2)


def test_papers_are_told_in_words() -> None:
    declared = declaration(driver_document="001")
    what = seen(
        containers=("CSQU3054333", "MSKU6011672"),
        documents=(SeenDocument(kind="passport", number="002"),),
        gate_pass=SeenPass(declaration="other", plate="14C12345"),
    )
    words = matched(what, declared).candidates[0].evidence[2:]

    assert words == (
        "container CSQU3054333 is close to the declared CSQU3054383",
        "container MSKU6011672 is not declared",
        "driver's document is not the declared driver's",
        "gate pass is of other",
    )
    good = seen(
        documents=(SeenDocument(kind="passport", number="001"),),
        gate_pass=SeenPass(declaration=declared.number, plate="14C12345"),
    )
    found = matched(good, declared).candidates[0]
    assert found.evidence[2:] == ("driver's document matches", "gate pass is of this declaration")
    assert [s for s, _ in found.weights[2:]] == ["driver's document", "gate pass"]


def test_a_lost_or_added_character_costs_but_does_not_rule_out() -> None:
    sight = Sight("front", [look("14C1235")], 1e-4)
    whole = Sight("front", [look("14C12345")], 1e-4)

    assert IMPOSSIBLE < sight.folds[0].of_plate("14C12345") < -6
    assert IMPOSSIBLE < whole.folds[0].of_plate("14C1234") < -6
    assert sight.folds[0].of_plate("14C123456") == IMPOSSIBLE
    assert sight.folds[0].of_plate("") == IMPOSSIBLE
    assert whole.folds[0].of_plate("14C12345") > -0.3


@pytest.mark.parametrize("at", range(8))
def test_the_best_place_of_a_lost_or_added_character_is_found(at: int) -> None:
    plate = "14C12367"
    short = Sight("front", [look(plate[:at] + plate[at + 1 :])], 1e-4).folds[0]
    long = Sight("front", [look(plate[:at] + "9" + plate[at:])], 1e-4).folds[0]

    assert short.of_plate(plate) == pytest.approx(-6.35, abs=0.1)
    assert long.of_plate(plate) == pytest.approx(-6.35, abs=0.1)


def test_a_lost_chinese_province_costs_less() -> None:
    sight = Sight("front", [look("F12345")], 1e-4).folds[0]

    assert sight.of_plate("桂F12345") == pytest.approx(-3.11, abs=0.1)
    assert sight.of_plate("桂F12345") > sight.of_plate("1F12345") + 3


def test_a_character_outside_every_plate_gets_the_floor() -> None:
    sight = Sight("front", [look("14C12345")], 1e-4).folds[0]

    assert sight.of_plate("14C1234é") == pytest.approx(sight.of_plate("14C1234U"), abs=1e-9)


def test_confusions_follow_the_table_and_measured_counts_replace_it() -> None:
    column = confusion.column("8", (("8", 0.9),))

    assert column["B"] > confusion.log_floor("8") < column["8"]
    assert confusion.log_floor("挂") > confusion.log_floor("8")
    table = confusion.measured({("8", "3"): 20, ("8", "8"): 500})
    assert table["8"]["3"] > 10 * table["8"]["B"] > 0
    assert sum(table["8"].values()) == pytest.approx(0.8)


def test_adding_logs_is_safe_at_both_ends() -> None:
    assert added(0.0, 0.0) == pytest.approx(0.6931, abs=1e-4)
    assert added(-1000.0, 0.0) == 0.0
    assert added(0.0, -1000.0) == 0.0
    assert added(-3.0, -1.0) == added(-1.0, -3.0) == pytest.approx(-0.8731, abs=1e-4)


def test_chance_counts_digits_letters_and_provinces() -> None:
    assert of_chance("1") == pytest.approx(-2.3026, abs=1e-4)
    assert of_chance("A") == pytest.approx(-2.9957, abs=1e-4)
    assert of_chance("桂") == pytest.approx(-3.4340, abs=1e-4)


def test_the_shortlist_keeps_the_likeliest_and_all_of_a_few() -> None:
    many = tuple(
        declaration(n, tractor_plate=f"14C{12300 + n:05d}", trailer_plate="") for n in range(1, 60)
    )
    kept = shortlist(seen(look("14C12345"), look("14C12345", "rear")), many, POLICY, NOW)

    assert len(kept) == KEPT
    assert kept[0].tractor_plate == "14C12345"
    assert shortlist(seen(), many[:KEPT], POLICY, NOW) == many[:KEPT]
    full = matched(seen(look("14C12345"), look("14C12345", "rear")), *many)
    short = matched(seen(look("14C12345"), look("14C12345", "rear")), *kept)
    assert short.candidates[0].probability == pytest.approx(
        full.candidates[0].probability, abs=1e-4
    )


texts = st.sampled_from(["14C12345", "14C12346", "14C1234", "14R01234", "桂F12345", "99H88877"])
some_looks = st.lists(
    st.builds(look, texts, st.sampled_from(["front", "rear"]), st.floats(0.2, 0.999)),
    min_size=1,
    max_size=5,
)


@given(some_looks, st.lists(texts, min_size=1, max_size=5, unique=True))
def test_probabilities_are_a_distribution_and_the_order_of_input_does_not_matter(
    looks: list[SeenPlate], plates: list[str]
) -> None:
    declared = tuple(
        declaration(n, tractor_plate=plate, trailer_plate="") for n, plate in enumerate(plates, 1)
    )
    what = replace(seen(), plates=tuple(looks))
    found = match(what, declared, POLICY, NOW)

    assert found.none + sum(c.probability for c in found.candidates) == pytest.approx(1, abs=1e-5)
    assert list(found.candidates) == sorted(
        found.candidates, key=lambda c: (-c.probability, c.number)
    )
    assert match(what, declared[::-1], POLICY, NOW) == found


@given(st.floats(0.5, 0.999), st.floats(0.5, 0.999))
def test_a_surer_look_never_makes_its_declaration_less_likely(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert best_of(seen(look(sure=low)), RIGID) <= best_of(seen(look(sure=high)), RIGID) + 1e-6
