"""Edges that a small change of the core would move: limits, words, hand-overs."""

from __future__ import annotations

from dataclasses import replace
from math import log
from uuid import UUID

import pytest

from gate.core import confusion
from gate.core.audit import canonical
from gate.core.confusion import measured
from gate.core.decide import decide, officer_release, with_correction
from gate.core.discretion import shown_to
from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane import step
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Arm, Phase
from gate.core.match import match
from gate.core.normalize import seal_form
from gate.core.reasons import reason
from gate.core.rules_identity import OFFICER_ENGINE
from schemas.policy import Clones, Policy
from schemas.transit import Outcome, SeenDocument, SeenPass, Sighting
from schemas.watchlist import WatchHit, WatchKind
from tests.core.builders import NOW, TRANSIT, declaration, inputs, look, seen
from tests.core.walk import Walk, passing

POLICY = Policy()
DEADLINES = POLICY.deadlines


def tick(walk: Walk, ms: int) -> Phase:
    walk.do(lambda at: ev.Tick(at=at), ms)
    return walk.lane.phase


def arriving() -> Walk:
    walk = Walk().online()
    walk.loop(True)
    return walk


def reading() -> Walk:
    walk = arriving()
    capture = walk.fresh()
    walk.do(lambda at: ev.CaptureStored(at=at, capture=capture, role="front"))
    return walk


def clearing() -> Walk:
    walk = passing()
    walk.arm(Arm.CLOSING)
    return walk


@pytest.mark.parametrize(
    ("made", "ms", "stays", "goes"),
    [
        (arriving, DEADLINES.arriving_ms, Phase.ARRIVING, Phase.WITH_OFFICER),
        (reading, DEADLINES.reading_ms, Phase.READING, Phase.DECIDING),
        (lambda: Walk().arrived(), DEADLINES.deciding_ms, Phase.DECIDING, Phase.WITH_OFFICER),
        (passing, DEADLINES.passing_ms, Phase.PASSING, Phase.FAULT),
        (clearing, DEADLINES.clearing_ms, Phase.CLEARING, Phase.FAULT),
    ],
)
def test_a_deadline_is_over_after_its_last_millisecond(
    made: object, ms: int, stays: Phase, goes: Phase
) -> None:
    for extra, phase in ((0, stays), (1, goes)):
        walk = made()  # type: ignore[operator]
        walk.now = walk.lane.since
        assert tick(walk, ms + extra) is phase


def test_pictures_settle_and_a_loop_stays_free_to_the_millisecond() -> None:
    for extra, phase in ((0, Phase.READING), (1, Phase.DECIDING)):
        walk = arriving()
        walk.picture("front")
        walk.now = walk.lane.since
        assert tick(walk, DEADLINES.settle_ms + extra) is phase
    for extra, phase in ((0, Phase.ARRIVING), (1, Phase.IDLE)):
        walk = arriving()
        walk.loop(False)
        assert tick(walk, 3_000 + extra) is phase


@pytest.mark.parametrize("phase", [Phase.WITH_OFFICER, Phase.FAULT])
def test_who_waits_too_long_alarms_after_the_last_millisecond(phase: Phase) -> None:
    for extra, alarms in ((0, 0), (1, 1)):
        walk = Walk().arrived()
        walk.lane = replace(walk.lane, phase=phase)
        walk.now = walk.lane.since
        tick(walk, DEADLINES.with_officer_ms + extra)
        assert len(walk.alarms()) == alarms


def test_the_arm_that_rises_again_while_closing_is_a_passage_again() -> None:
    walk = clearing()
    assert walk.lane.phase is Phase.CLEARING
    walk.arm(Arm.OPENING, safety=True)
    assert walk.lane.phase is Phase.PASSING
    walk.arm(Arm.CLOSING)
    assert walk.lane.phase is Phase.CLEARING


def test_a_truck_that_comes_while_the_arm_closes_waits_as_the_next() -> None:
    walk = clearing()
    walk.loop(True)
    assert (walk.lane.next_waiting, walk.lane.loop_entry, walk.lane.left_at) == (True, True, None)
    assert walk.lane.phase is Phase.CLEARING


def test_a_refusal_is_told_in_the_barriers_words_and_begins_the_officers_time() -> None:
    for said, words in (("expired", "expired"), ("", "no reason given")):
        walk = Walk().arrived()
        walk.decided()
        decision = walk.lane.decision
        assert decision is not None
        effects = walk.do(
            lambda at, decision=decision, said=said: ev.CommandAnswered(
                at=at, decision=decision, result="refused", reason=said
            )
        )
        text = f"the barrier refused to open: {words}"
        assert effects == (
            fx.CallOfficer(transit=walk.lane.transit, why=text),
            fx.RaiseAlarm(kind="BARRIER_REFUSED", text=text, transit=walk.lane.transit),
        )
        assert walk.lane.since == walk.now


def test_a_lost_command_begins_the_officers_time_and_another_is_told_apart() -> None:
    walk = Walk().arrived()
    walk.decided()
    decision, other = walk.lane.decision, UUID(int=999)
    (ignored,) = walk.do(lambda at: ev.CommandLost(at=at, decision=other, why="no answer"))
    assert ignored == fx.Ignore(because=f"is about decision {other}, not the current one")
    assert decision is not None
    walk.do(lambda at: ev.CommandLost(at=at, decision=decision, why="no answer"))
    assert (walk.lane.phase, walk.lane.since) == (Phase.WITH_OFFICER, walk.now)


def test_a_decision_that_failed_for_an_earlier_request_is_told_apart() -> None:
    walk = Walk().arrived()
    serial = walk.lane.serial
    (said,) = walk.do(lambda at: ev.DecisionFailed(at=at, serial=serial - 1, why="away"))
    assert said == fx.Ignore(because=f"answers request {serial - 1}; the current one is {serial}")
    assert walk.lane.phase is Phase.DECIDING


def test_tailgating_is_told_in_words_and_remembered_for_the_next() -> None:
    walk = passing()
    walk.arm(Arm.OPEN, exit_=True)
    walk.arm(Arm.OPEN)
    (raised,) = walk.arm(Arm.OPEN, safety=True)
    text = "a second vehicle drove in behind the released one"
    assert raised == fx.RaiseAlarm(kind="TAILGATING", text=text, transit=walk.lane.transit)
    assert walk.lane.doubt == f"{text}: see who stands here and who went through"


@pytest.mark.parametrize(("closed", "phase"), [(True, Phase.CLOSED), (False, Phase.IDLE)])
def test_an_empty_lane_that_is_well_again_is_as_staff_left_it(closed: bool, phase: Phase) -> None:
    walk = Walk().online()
    walk.lane = replace(walk.lane, phase=Phase.FAULT, closed=closed)
    walk.arm(Arm.CLOSED)
    assert (walk.lane.phase, walk.lane.since) == (phase, walk.now)
    assert walk.lane.closed is closed


def test_a_late_reading_of_an_unknown_picture_decides_nothing_anew() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    stranger = walk.fresh()
    walk.do(
        lambda at: ev.CaptureRead(at=at, capture=stranger, text="14C12345", confidence=0.9)
    )  # fmt: skip
    assert walk.lane.phase is Phase.WITH_OFFICER


def test_codes_are_told_to_the_officer_one_by_one() -> None:
    walk = Walk().arrived()
    serial = walk.lane.serial
    walk.do(
        lambda at: ev.Decided(
            at=at, serial=serial, decision=UUID(int=9), outcome=Outcome.HOLD, codes=("A", "B")
        )
    )
    called = [e.why for e in walk.effects if isinstance(e, fx.CallOfficer)]
    assert called == ["hold: A, B"]


def test_a_decision_asked_for_by_a_measure_begins_then() -> None:
    walk = Walk(Policy(require=("weight",))).online()
    walk.loop(True)
    walk.picture("front")
    walk.picture("rear", "14R01234")
    assert walk.lane.phase is Phase.READING
    walk.do(lambda at: ev.Weighed(at=at, device="scale", gross_kg=30_000, stable=True))
    assert (walk.lane.phase, walk.lane.since) == (Phase.DECIDING, walk.now)


def test_an_officers_release_keeps_all_that_the_machine_found() -> None:
    machine = decide(inputs(), POLICY)
    made = officer_release(machine, "papers checked", "ha")

    assert made.declaration == machine.declaration == UUID(int=1)
    assert (made.match, made.plate, made.rules) == (machine.match, machine.plate, machine.rules)


def test_a_typed_plate_is_the_officers_look_in_front_and_needs_no_second_source() -> None:
    what = seen(look("14C99999"), look("14R01234", "rear"), corrected_plate="14C12345")
    typed, rear = with_correction(what).plates

    assert (typed.capture, typed.role, typed.engine) == (TRANSIT, "front", OFFICER_ENGINE)
    assert rear.role == "rear"
    alone = replace(what, plates=())
    assert [r.code for r in decide(inputs(alone), POLICY).reasons] == ["OK_ALL"]


def test_a_surer_rear_plate_is_not_taken_for_the_vehicles() -> None:
    what = seen(look(sure=0.9), look("14R01234", "rear", sure=0.99))
    assert decide(inputs(what), POLICY).plate == "14C12345"


def test_what_is_hidden_keeps_that_it_needs_two_persons() -> None:
    hit = reason("WATCHLIST_PLATE", "watched")
    (plain,) = shown_to("officer", (hit,))
    assert (plain.code, plain.second, plain.restricted) == ("REFERRED", True, False)
    (single,) = shown_to("officer", (replace(hit, second=False),))
    assert not single.second


def test_hashed_text_keeps_its_letters() -> None:
    assert canonical({"name": "Nguyễn 桂"}) == '{"name":"Nguyễn 桂"}'


def test_measured_confusions_to_the_figure() -> None:
    table = measured({("8", "6"): 20, ("8", "B"): 3, ("8", "8"): 900, ("桂", "贵"): 5})
    alike = len(measured({})["8"])
    total = 23 + 0.5 * alike

    assert table["8"]["6"] == pytest.approx(0.8 * 20 / total)
    assert table["8"]["B"] == pytest.approx(0.8 * 3.5 / total)
    assert "8" not in table["8"]
    assert sum(table["8"].values()) == pytest.approx(0.8)
    assert table["桂"] == {"贵": pytest.approx(0.4)}
    assert measured({})["8"]["B"] == pytest.approx(0.8 / alike)


def test_what_neither_posterior_nor_table_names_shares_the_rest() -> None:
    named = sum(confusion.TABLE["8"].values())
    assert confusion.log_floor("8") == pytest.approx(log(0.01 * (1 - named) / 34))
    assert confusion.log_floor("?") == pytest.approx(log(0.01 / 34))
    rest = confusion.column("8", (("8", 0.9), ("3", 0.0)))
    assert rest["8"] == pytest.approx(log(0.99 * 0.9))
    assert rest["3"] == confusion.log_floor("8")
    assert rest["6"] == pytest.approx(log(0.01 * confusion.TABLE["8"]["6"]))


def test_seals_are_compared_by_capital_letters_and_digits() -> None:
    assert seal_form("vn 0-01.é") == "VN001"
    assert seal_form("") == ""


def test_each_foreign_seal_is_named() -> None:
    what = seen(seals=("XX2", "XX1"))
    (found,) = decide(inputs(what, declaration(seals=())), POLICY).reasons
    assert found.text == "seal XX1, XX2 is not declared (declared: none)"


def test_another_gate_a_moment_ago_is_nought_minutes_ago() -> None:
    other = Sighting(
        transit=UUID(int=7), lane="", gate="hekou", direction=declaration().direction,
        came_at=NOW, left_at=NOW,
    )  # fmt: skip
    far = Policy(clones=Clones(distances=(("hekou", "mong-cai", 400.0),)))
    (found,) = decide(inputs(seen(sightings=(other,))), far).reasons
    assert found.text == "was at hekou, 400 km away, 0 min ago"


@pytest.mark.parametrize(
    ("kind", "value"), [(WatchKind.PLATE, "14C12845"), (WatchKind.CONTAINER, "MSKU6011672")]
)
def test_what_was_only_seen_is_watched_beside_what_is_declared(kind: WatchKind, value: str) -> None:
    hit = WatchHit(entry=UUID(int=5), kind=kind, value=value, reason="stolen")
    what = seen(
        look(), look("14C12845", n=2, sure=0.6), look("14R01234", "rear"),
        containers=("CSQU3054383", "MSKU6011672"), hits=(hit,),
    )  # fmt: skip
    assert f"WATCHLIST_{kind.upper()}" in [r.code for r in decide(inputs(what), POLICY).reasons]
    nothing = replace(inputs(what), declarations=())
    assert f"WATCHLIST_{kind.upper()}" in [r.code for r in decide(nothing, POLICY).reasons]


def test_container_document_and_pass_each_add_to_a_match() -> None:
    own = declaration(1, tractor_plate="29C11111", trailer_plate="", driver_document="001")
    other = declaration(2, tractor_plate="29C22222", trailer_plate="", driver_document="002",
                        containers=())  # fmt: skip
    load = {"containers": ("CSQU3054383",)}
    paper = {"documents": (SeenDocument(kind="passport", number="001"),)}
    shown = {"gate_pass": SeenPass(declaration=own.number, plate="29C11111")}

    def weight(**what: object) -> float:
        found = match(replace(seen(**what), plates=()), (own, other), POLICY, NOW)
        return found.candidates[0].probability / max(found.none, 1e-6)

    for one in (load, paper, shown):
        assert weight(**one) > 1
    assert weight(**load, **paper) >= max(weight(**load), weight(**paper))
    mine = match(replace(seen(**load, **shown), plates=()), (own, other), POLICY, NOW).candidates
    alone = match(replace(seen(**shown), plates=()), (own, other), POLICY, NOW).candidates
    assert mine[0].declaration == alone[0].declaration == own.id
    assert mine[1].probability <= alone[1].probability


def test_a_step_with_the_same_arguments_gives_the_same_result() -> None:
    walk = Walk().arrived()
    event = ev.OfficerActed(
        at=walk.now, officer="ha", action=OfficerAction.HOLD, transit=UUID(int=1)
    )
    again = [step(walk.lane, event, POLICY, UUID(int=50)) for _ in range(2)]
    assert again[0] == again[1]
