"""What must never open: evidence that contradicts itself, is of another truck, or has ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.core.decide import decide
from schemas.declarations import Declaration
from schemas.policy import Costs, Policy
from schemas.transit import Outcome, Seen, SeenDocument
from schemas.watchlist import WatchHit, WatchKind
from tests.core.builders import BOTH, NOW, declaration, inputs, look, seen

POLICY = Policy()
TODAY = NOW.date()
REAR = BOTH[1]


def codes(
    what: Seen | None = None, declared: Declaration | None = None, policy: Policy = POLICY
) -> list[str]:
    return [r.code for r in decide(inputs(what, declared or declaration()), policy).reasons]


@pytest.mark.parametrize(
    ("other", "code"), [("14C12346", "PLATE_DOUBTFUL"), ("29H77777", "FRONT_REAR_DIFFER")]
)
def test_looks_that_surely_say_another_plate_outweigh_one_that_fits(other: str, code: str) -> None:
    """One misread picture of a fleet mate that pulls the declared trailer must not open."""
    fits = look(sure=0.9)
    surer = look(other, sure=0.99, n=2)
    third = look(other, sure=0.8, n=3)

    assert codes(seen(fits, surer, REAR)) == [code]
    assert code in codes(seen(fits, look(other, sure=0.9, n=2), third, REAR))
    assert codes(seen(fits, look(other, sure=0.7, n=2), REAR)) == ["OK_ALL"]
    assert codes(seen(fits, look(n=2, sure=0.9), look(n=3, sure=0.9), surer, REAR)) == ["OK_ALL"]


@settings(deadline=None)
@given(st.floats(0.62, 0.99), st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_one_look_that_fits_opens_against_no_two_that_are_as_sure(
    sure: float, more: list[float]
) -> None:
    others = [
        look("14C12346", sure=sure + (0.99 - sure) * part, n=n)
        for n, part in enumerate(more, start=2)
    ]

    assert codes(seen(look(sure=sure), *others, REAR)) != ["OK_ALL"]


def test_an_officer_mends_a_misreading_but_puts_no_other_plate_in_its_place() -> None:
    """Else one officer alone could let any truck pass on any declaration."""
    clear = look("29H77777")

    assert codes(seen(clear, corrected_plate="14C12345")) == ["FRONT_REAR_DIFFER"]
    assert codes(seen(clear, REAR, corrected_plate="14C12345")) == ["FRONT_REAR_DIFFER"]
    assert codes(seen(look("14C12346"), REAR, corrected_plate="14C12345")) == ["OK_ALL"]
    unsure = look("29H77777", sure=0.55)
    assert codes(seen(unsure, REAR, corrected_plate="14C12345")) == ["OK_ALL"]
    sign = seen(clear, look("14C12346", n=2), REAR, corrected_plate="14C12345")
    assert codes(sign) == ["OK_ALL"]


def test_a_typed_plate_hides_no_watched_one_that_a_camera_read() -> None:
    hit = WatchHit(entry=UUID(int=5), kind=WatchKind.PLATE, value="14C12346", reason="wanted")
    what = seen(look("14C12346"), REAR, corrected_plate="14C12345", hits=(hit,))

    assert codes(what) == ["WATCHLIST_PLATE"]
    typed = replace(hit, value="14C12345")
    assert codes(replace(what, hits=(typed,))) == ["WATCHLIST_PLATE"]


def test_pictures_of_the_truck_before_are_no_evidence() -> None:
    """It backed out before they came; this one has none of its own yet."""
    came = NOW - timedelta(seconds=8)

    def taken(at: datetime) -> list[str]:
        return codes(seen(freed_at=came, oldest_capture_at=at))

    assert taken(came) == ["OK_ALL"]
    assert taken(came - timedelta(milliseconds=1)) == ["EVIDENCE_LATE"]


def test_the_declared_drivers_document_must_be_in_force_whatever_else_is_shown() -> None:
    declared = declaration(driver_document="001")
    over = SeenDocument(kind="passport", number="001", until=TODAY - timedelta(days=1))
    other = SeenDocument(kind="passport", number="002", until=TODAY)
    good = replace(over, kind="identity_card", until=None)

    assert codes(seen(documents=(over, other)), declared) == ["DOC_EXPIRED"]
    assert codes(seen(documents=(over,)), declared) == ["DOC_EXPIRED"]
    assert codes(seen(documents=(over, other, good)), declared) == ["OK_ALL"]
    assert codes(seen(documents=(other,)), declared) == ["DRIVER_MISMATCH"]


def test_a_document_without_a_number_is_none() -> None:
    blank = SeenDocument(kind="passport", number="")
    needed = Policy(require=("document",))

    assert codes(seen(documents=(blank,)), policy=needed) == ["DOC_UNREADABLE"]


@pytest.mark.parametrize(("hour", "code"), [(16, "OK_ALL"), (17, "DOC_EXPIRED")])
def test_documents_end_with_the_gates_day_not_with_utcs(hour: int, code: str) -> None:
    """At 00:00 in Hanoi UTC still has yesterday for seven hours."""
    now = datetime(2026, 11, 24, hour, 0, tzinfo=UTC)
    local = (now + timedelta(hours=7)).date()
    window = {"window_from": now - timedelta(hours=1), "window_to": now + timedelta(hours=1)}
    fresh = {"oldest_capture_at": now, "newest_capture_at": now}
    shown = SeenDocument(kind="passport", number="001", until=TODAY)
    for what, declared in (
        (seen(documents=(shown,), **fresh), declaration(**window)),
        (seen(**fresh), declaration(driver_document_until=TODAY, **window)),
    ):
        case = replace(inputs(what, declared, now=now), today=local)
        assert [r.code for r in decide(case, POLICY).reasons] == [code]


def test_figures_that_are_no_numbers_never_open() -> None:
    """A comparison with nan is never true: each must be asked so that this means no."""
    nan = float("nan")
    broken = replace(look(), characters=((("1", nan),), *look().characters[1:]))
    endless = replace(look(), characters=((("1", float("inf")),), *look().characters[1:]))
    for front in (broken, endless, replace(look(), confidence=nan)):
        assert decide(inputs(seen(front, REAR)), POLICY).outcome is not Outcome.RELEASE
    mates = (declaration(), declaration(2, tractor_plate="14C12346"))
    for costs in (Costs(wrong_release=nan), Costs(unneeded_hold=nan)):
        decision = decide(inputs(None, *mates), Policy(costs=costs))
        assert decision.outcome is not Outcome.RELEASE
