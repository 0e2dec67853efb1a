"""The rules against deceit: clones, passes, watchlists, random inspection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gate.core.decide import decide
from gate.core.discretion import open_codes, shown_to
from gate.core.reasons import reason
from gate.core.rules_security import drawn
from schemas.declarations import Declaration, Direction
from schemas.policy import Clones, Inspection, Policy
from schemas.transit import (
    Authority,
    Outcome,
    Reason,
    Seen,
    SeenDocument,
    SeenPass,
    Sighting,
)
from schemas.watchlist import WatchHit, WatchKind
from tests.core.builders import NOW, TRANSIT, declaration, inputs, look, seen

POLICY = Policy()
TODAY = NOW.date()


def reasons(
    what: Seen | None = None, declared: Declaration | None = None, policy: Policy = POLICY
) -> tuple[Reason, ...]:
    return decide(inputs(what, declared or declaration()), policy).reasons


def codes(
    what: Seen | None = None, declared: Declaration | None = None, policy: Policy = POLICY
) -> list[str]:
    return [r.code for r in reasons(what, declared, policy)]


def sighting(**changes: object) -> Sighting:
    made = Sighting(
        transit=UUID(int=77), lane="lane-2", gate="mong-cai", direction=Direction.EXPORT,
        came_at=NOW - timedelta(minutes=10), left_at=NOW - timedelta(minutes=9), departed=True,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "suspected"),
    [
        ({}, False),
        ({"left_at": None}, True),
        ({"left_at": NOW - timedelta(seconds=119)}, True),
        ({"left_at": NOW - timedelta(seconds=120)}, False),
        ({"left_at": NOW - timedelta(seconds=119), "lane": "lane-1"}, True),
        ({"left_at": NOW - timedelta(seconds=120), "lane": "lane-1"}, False),
        ({"left_at": NOW - timedelta(seconds=10), "departed": False}, False),
        ({"gate": "hekou"}, True),
        ({"gate": "hekou", "left_at": NOW - timedelta(hours=4)}, False),
        ({"gate": "hekou", "left_at": NOW - timedelta(hours=3, minutes=59)}, True),
        ({"gate": "elsewhere"}, False),
    ],
)
def test_a_plate_that_was_elsewhere_too_lately_is_a_suspected_clone(
    changes: dict[str, object], suspected: bool
) -> None:
    policy = Policy(clones=Clones(distances=(("hekou", "mong-cai", 400.0),)))
    found = codes(seen(sightings=(sighting(**changes),)), policy=policy)

    assert found == (["CLONE_SUSPECTED"] if suspected else ["OK_ALL"])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "was at hekou only 0 s ago"), (119, "was at hekou only 119 s ago"), (120, ""),
     (-3, "was at hekou only 0 s ago")],
)  # fmt: skip
def test_nobody_is_at_two_gates_at_once_however_near_they_lie(seconds: int, text: str) -> None:
    """No distance is listed, and the other gate tells only the moment."""
    at = NOW - timedelta(seconds=seconds)
    other = sighting(gate="hekou", lane="", came_at=at, left_at=at, departed=False)
    found = decide(inputs(seen(sightings=(other,))), Policy()).reasons

    assert [r.text for r in found if r.code == "CLONE_SUSPECTED"] == ([text] if text else [])


EARLIER = NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("here_before", "owed"),
    [
        ((), False),
        (({"inspection": "owed"},), True),
        (({"inspection": "passed"},), False),
        (({"inspection": "owed", "gate": "hekou", "left_at": EARLIER},), False),
        # An officer let it pass although the inspection was open.
        (({"inspection": "owed", "departed": True},), False),
        (({"inspection": "owed"}, {"came_at": EARLIER, "left_at": EARLIER}), True),
        # What came later counts: passed here, inspected, or only turned round once more.
        (({"inspection": "owed", "came_at": EARLIER}, {"departed": True}), False),
        (({"inspection": "owed", "came_at": EARLIER}, {"inspection": "passed"}), False),
        (({"inspection": "passed", "came_at": EARLIER}, {"inspection": "owed"}), True),
        (({"inspection": "owed", "came_at": EARLIER}, {}), True),
    ],
)
def test_an_inspection_is_owed_until_it_was_passed_or_the_truck_let_go(
    here_before: tuple[dict[str, object], ...], owed: bool
) -> None:
    for order in (here_before, here_before[::-1]):
        others = tuple(sighting(**{"departed": False, **changes}) for changes in order)
        found = reasons(seen(sightings=others))

        assert [r.code for r in found] == (["INSPECTION_OPEN"] if owed else ["OK_ALL"])
        assert not owed or (found[0].outcome, found[0].second) == (Outcome.REFER, True)


def test_where_vehicles_are_paired_two_exports_in_a_row_are_suspected() -> None:
    paired = Policy(clones=Clones(paired=True))

    assert codes(seen(sightings=(sighting(),)), policy=paired) == ["CLONE_SUSPECTED"]
    back = sighting(direction=Direction.IMPORT)
    assert codes(seen(sightings=(back,)), policy=paired) == ["OK_ALL"]
    assert codes(seen(sightings=(sighting(departed=False),)), policy=paired) == ["OK_ALL"]


def test_a_fitting_plate_with_other_container_and_driver_is_a_suspected_clone() -> None:
    declared = declaration(driver_document="001")
    driver = (SeenDocument(kind="passport", number="002"),)
    load = ("MSKU6011672",)

    both = codes(seen(documents=driver, containers=load), declared)
    assert both[0] == "CLONE_SUSPECTED"
    assert set(both) == {"CLONE_SUSPECTED", "DRIVER_MISMATCH", "CONTAINER_MISMATCH"}
    assert codes(seen(documents=driver), declared) == ["DRIVER_MISMATCH"]
    assert codes(seen(containers=load), declared) == ["CONTAINER_MISMATCH"]
    known = seen(documents=driver, containers=(*load, "CSQU3054383"))
    assert "CLONE_SUSPECTED" not in codes(known, declared)


def test_a_required_container_that_was_not_read_holds() -> None:
    needed = Policy(require=("container",))

    assert codes(policy=needed) == ["CONTAINER_MISMATCH"]
    assert codes(declared=declaration(containers=()), policy=needed) == ["OK_ALL"]
    assert codes(seen(containers=("CSQU3054383",)), policy=needed) == ["OK_ALL"]


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        (SeenPass(declaration="302600000001", plate="14C12345"), "OK_ALL"),
        (SeenPass(declaration="other", plate="14C12345"), "PASS_MISMATCH"),
        (SeenPass(declaration="x", plate="9", problem="other_truck"), "PASS_MISMATCH"),
        (SeenPass(declaration="x", plate="9", problem="forged"), "PASS_FORGED"),
        (SeenPass(declaration="302600000001", plate="9", problem="expired"), "PASS_FORGED"),
    ],
)
def test_a_gate_pass_must_be_genuine_and_of_this_truck(shown: SeenPass, code: str) -> None:
    assert codes(seen(gate_pass=shown)) == [code]


def test_a_required_pass_that_was_not_shown_refers() -> None:
    assert codes(policy=Policy(require=("pass",))) == ["PASS_MISMATCH"]


def hit(kind: WatchKind, value: str) -> WatchHit:
    return WatchHit(entry=UUID(int=5), kind=kind, value=value, reason="wanted")


@pytest.mark.parametrize(
    ("kind", "value", "concerns"),
    [
        (WatchKind.PLATE, "14C12345", True),
        (WatchKind.PLATE, "14C1Z345", True),
        (WatchKind.PLATE, "14R01234", True),
        (WatchKind.PLATE, "29A11111", False),
        (WatchKind.PERSON, "001", True),
        (WatchKind.PERSON, "002", True),
        (WatchKind.PERSON, "003", False),
        (WatchKind.CONTAINER, "CSQU3054383", True),
        (WatchKind.CONTAINER, "MSKU6011672", False),
        (WatchKind.FIRM, str(UUID(int=1000)), True),
        (WatchKind.FIRM, str(UUID(int=1001)), False),
    ],
)
def test_watchlists_concern_what_was_seen_and_what_was_declared(
    kind: WatchKind, value: str, concerns: bool
) -> None:
    what = seen(hits=(hit(kind, value),), documents=(SeenDocument(kind="passport", number="001"),))
    declared = declaration(driver_document="001")
    if value == "002":
        declared = replace(declared, driver_document="002")
        what = replace(what, documents=())
    found = reasons(what, declared)

    assert (found[0].code == f"WATCHLIST_{kind.upper()}") is concerns
    assert found[0].restricted is concerns
    if concerns:
        assert found[0].outcome is Outcome.REFER
        assert found[0].second
        assert found[0].override is Authority.SUPERVISOR


def test_a_watched_plate_is_found_without_any_declaration() -> None:
    what = replace(seen(look("29A11111")), hits=(hit(WatchKind.PLATE, "29A11111"),))
    found = decide(replace(inputs(what), declarations=()), POLICY)

    assert {r.code for r in found.reasons} >= {"WATCHLIST_PLATE", "NO_DECLARATION"}
    firm = replace(what, hits=(hit(WatchKind.FIRM, "x"), hit(WatchKind.PERSON, "1")))
    assert not any(r.restricted for r in decide(inputs(firm), POLICY).reasons)


def test_only_supervisors_see_what_is_watched() -> None:
    what = seen(hits=(hit(WatchKind.PLATE, "14C12345"), hit(WatchKind.CONTAINER, "CSQU3054383")))
    found = reasons(what)

    assert len(found) == 2
    assert shown_to("supervisor", found) == found
    (plain,) = shown_to("officer", found)
    assert (plain.code, plain.second, plain.facts, plain.restricted) == (
        "REFERRED",
        True,
        (),
        False,
    )
    assert "wanted" not in plain.text
    late = reason("TOO_LATE", "late")
    assert shown_to("shift_lead", (late,)) == (late,)
    assert open_codes((*found, late)) == ("REFERRED", "TOO_LATE")


def test_the_draw_is_fixed_by_seed_and_transit_and_as_frequent_as_the_rate() -> None:
    draws = [drawn("seed", UUID(int=n)) for n in range(4_000)]

    assert drawn("seed", TRANSIT) == drawn("seed", TRANSIT) != drawn("other", TRANSIT)
    assert all(0 <= draw < 1 for draw in draws)
    assert 0.08 < sum(draw < 0.1 for draw in draws) / len(draws) < 0.12
    every = Policy(inspection=Inspection(rate=1.0, seed="s"))
    (found,) = reasons(policy=every)
    assert (found.code, found.second) == ("RANDOM_INSPECTION", True)
    assert dict(found.facts)["draw"] == f"{drawn('s', TRANSIT):.6f}"
    assert codes(policy=Policy(inspection=Inspection(rate=0.0, seed="s"))) == ["OK_ALL"]


def test_what_everybody_sees_of_a_watched_truck() -> None:
    found = reasons(seen(hits=(hit(WatchKind.PLATE, "14C12345"),)))
    (plain,) = shown_to("operations", found)

    assert plain.text == "refer this truck; the supervisor knows why"
    mixed = (*found, reason("TOO_LATE", "late"), *found)
    assert [r.code for r in shown_to("officer", mixed)] == ["REFERRED", "TOO_LATE"]
