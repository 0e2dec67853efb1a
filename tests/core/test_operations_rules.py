"""Stages, facts, the lens rule and the answer to "does the gate flow?", as rules."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from gate.app.step_store import kind_of
from gate.core.lane import events as ev
from gate.core.lane import step
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Arm, Lane, Phase
from gate.core.operations.facts import CameraLook, Decided, Declared, Ended, facts_of
from gate.core.operations.flow import (
    Answer,
    Flow,
    LaneNow,
    Load,
    Why,
    answer,
    of_gate,
    wait_s,
)
from gate.core.operations.lens import WINDOW, Lens, Reads, judge, rarity
from gate.core.operations.stages import STAGES, Happening, durations, follow
from gate.store.plain import EFFECT, EVENT, to_plain
from schemas.policy import Policy
from schemas.transit import Outcome
from tests.core.builders import NOW

EVENTS = st.one_of(
    st.tuples(st.just("loop"), st.booleans()),
    st.tuples(st.just("picture"), st.sampled_from(["front", "rear"])),
    st.tuples(st.just("decided"), st.sampled_from(list(Outcome))),
    st.tuples(st.just("act"), st.sampled_from(list(OfficerAction))),
    st.tuples(st.just("answered"), st.sampled_from(["accepted", "done", "refused"])),
    st.tuples(st.just("lost"), st.none()),
    st.tuples(st.just("arm"), st.sampled_from(list(Arm))),
    st.tuples(st.just("presence"), st.booleans()),
    st.tuples(st.just("tick"), st.sampled_from([0.2, 5.0, 90.0, 700.0])),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("manual"), st.booleans()),
    st.tuples(st.just("stray"), st.sampled_from(["accepted", "refused"])),
)
Doing = tuple[str, object]
ARRIVE: list[Doing] = [("loop", True), ("picture", "front"), ("picture", "rear")]
RELEASE: list[Doing] = [*ARRIVE, ("decided", Outcome.RELEASE)]
PASS: list[Doing] = [*RELEASE, ("answered", "accepted"), ("arm", Arm.OPEN)]
SCENES: list[list[Doing]] = [
    ARRIVE,
    RELEASE,
    PASS,
    [*PASS, ("loop", False), ("arm", Arm.CLOSING)],
    [*PASS, ("arm", Arm.CLOSING), ("arm", Arm.CLOSED)],
    [*PASS, ("loop", False), ("loop", True), ("picture", "front"), ("arm", Arm.CLOSING)],
    [*ARRIVE, ("decided", Outcome.HOLD), ("act", OfficerAction.RELEASE)],
    [*ARRIVE, ("decided", Outcome.HOLD), ("arm", Arm.OPEN)],
]
"""Random events alone hardly ever get a truck through: these take it to where faults happen."""
STORIES = st.lists(
    st.one_of(EVENTS.map(lambda one: [one]), st.sampled_from(SCENES)), min_size=3, max_size=30
).map(lambda scenes: [event for scene in scenes for event in scene])


class Story:
    """A lane that is walked at random; each step is kept as the database keeps it."""

    def __init__(self) -> None:
        self.now = NOW
        self.n = 0
        self.lane = Lane(id="lane-1", since=NOW)
        self.kept: dict[UUID, list[Happening]] = {}
        self.spans: dict[UUID, list[tuple[Phase, timedelta]]] = {}
        self.captures: list[UUID] = []

    def fresh(self) -> UUID:
        self.n += 1
        return UUID(int=self.n)

    def do(self, event: ev.Event) -> None:
        before = self.lane
        self.lane, effects = step(before, event, Policy(), self.fresh())
        if self.lane == before and not effects:
            return
        transit = self.lane.transit or before.transit
        happening = Happening(
            at=event.at, kind=kind_of(event), data=to_plain(EVENT, event),
            effects=tuple({"kind": kind_of(e), **to_plain(EFFECT, e)} for e in effects),
        )  # fmt: skip
        if transit is not None:
            self.kept.setdefault(transit, []).append(happening)

    def play(self, what: str, how: object, ms: int) -> None:
        self.now += timedelta(milliseconds=ms)
        at, lane = self.now, self.lane
        if what == "loop":
            self.do(ev.LoopEntry(at=at, occupied=bool(how)))
        elif what == "picture":
            capture = self.fresh()
            self.do(ev.CaptureStored(at=at, capture=capture, role=str(how)))
            self.do(ev.CaptureRead(at=at, capture=capture, text="14C12345", confidence=0.9))
        elif what == "decided":
            self.do(ev.Decided(at=at, serial=lane.serial, decision=self.fresh(), outcome=how))  # type: ignore[arg-type]
        elif what == "act":
            transit = lane.transit or UUID(int=0)
            self.do(ev.OfficerActed(at=at, officer="ha", action=how, transit=transit,  # type: ignore[arg-type]
                                    decision=self.fresh(), plate="14C12345"))  # fmt: skip
        elif what == "answered":
            decision = lane.decision or UUID(int=0)
            self.do(ev.CommandAnswered(at=at, decision=decision, result=str(how)))
        elif what == "stray":
            self.do(ev.CommandAnswered(at=at, decision=self.fresh(), result=str(how)))
        elif what == "lost":
            self.do(ev.CommandLost(at=at, decision=lane.decision or UUID(int=0), why="silence"))
        elif what == "arm":
            self.do(ev.BarrierReported(at=at, arm=how, loop_safety=self.n % 3 == 0))  # type: ignore[arg-type]
        elif what == "presence":
            self.do(ev.BarrierPresence(at=at, online=bool(how)))
        elif what == "tick":
            self.now += timedelta(seconds=float(how))  # type: ignore[arg-type]
            self.do(ev.Tick(at=self.now))
        elif what == "restart":
            self.do(ev.Restarted(at=at))
        else:
            self.do(ev.LaneManual(at=at, by="viet", on=bool(how)))


def test_the_stage_told_from_stored_events_is_the_lanes_own_phase() -> None:
    reached: set[Phase] = set()

    @settings(max_examples=250, deadline=None, database=None)
    @given(STORIES, st.integers(0, 2**32))
    def told(events: list[Doing], seed: int) -> None:
        rng, story = Random(seed), Story()
        story.play("presence", True, 0)
        story.play("arm", Arm.CLOSED, 0)
        for what, how in events:
            story.play(what, how, rng.randrange(50, 4_000))
            transit = story.lane.transit
            if transit is None:
                continue
            stage: Phase | None = None
            for happening in story.kept[transit]:
                stage = follow(stage, happening, str(transit))
            assert stage is story.lane.phase, (what, how)
            reached.add(story.lane.phase)
            spent = durations(story.kept[transit], str(transit), story.now)
            began = story.kept[transit][0].at
            assert sum(spent.values(), timedelta()) == story.now - began

    told()
    assert reached >= set(STAGES), "the walks reach every stage"


def _ended(**changes: object) -> Ended:
    values: dict[str, object] = {
        "id": UUID(int=7), "lane": "lane-1", "direction": "export", "began_at": NOW,
        "ended_at": NOW + timedelta(seconds=40), "ended": "departed",
        "declared": Declared(tractor="14C12345", trailer="14R01234",
                             filed_at=NOW - timedelta(hours=3)),
        "looks": (CameraLook(device="cam-front", role="front", text="14C12345"),
                  CameraLook(device="cam-rear", role="rear", text="14R01284"),
                  CameraLook(device="cam-side", role="side", text="X")),
        **changes,
    }  # fmt: skip
    return Ended(**values)  # type: ignore[arg-type]


def _act(action: str, **data: object) -> Happening:
    return Happening(at=NOW, kind="officer_acted", effects=(),
                     data={"officer": "ha", "action": action, "plate": "", **data})  # fmt: skip


def test_a_camera_is_measured_by_what_was_finally_recorded() -> None:
    facts = facts_of(_ended())
    assert (facts.read_exact, facts.read_wrong, facts.lead_s) == (
        ("cam-front",),
        ("cam-rear",),
        10_800,
    )
    typed = facts_of(_ended(happenings=(_act("correct_plate", plate="14C12346"),), declared=None))
    assert (typed.read_wrong, typed.read_exact) == (("cam-front",), ())
    assert typed.officers == ("ha",)


def test_a_truck_whose_plates_contradict_its_declaration_says_nothing_about_cameras() -> None:
    doubt = Decided(actor="machine", outcome="hold", codes=("TRAILER_MISMATCH",))
    for changes in ({"decisions": (doubt,)}, {"ended": "turned_back"}, {"declared": None}):
        facts = facts_of(_ended(**changes))
        assert facts.read_exact + facts.read_wrong + facts.read_unread == ()


def test_an_override_is_an_officers_release_after_the_machines_no() -> None:
    no = Decided(actor="machine", outcome="hold", codes=("FEE_UNPAID",))
    yes = Decided(actor="machine", outcome="release", codes=("OK_ALL",))
    ha = Decided(actor="ha", outcome="release", codes=("OFFICER_RELEASED", "FEE_UNPAID"))
    overridden = facts_of(_ended(decisions=(no, ha)))
    assert (overridden.overridden, overridden.decided_by, overridden.codes) == (
        True,
        "ha",
        ("FEE_UNPAID",),
    )
    later = facts_of(_ended(decisions=(no, yes, ha)))
    assert (later.overridden, later.outcome, later.decided_by) == (False, "hold", "ha")


@st.composite
def reads(draw: st.DrawFn, least: int = 0, most: int = 2_000) -> Reads:
    seen = draw(st.integers(least, most))
    return Reads(seen=seen, exact=draw(st.integers(0, seen)))


@given(reads(), reads(1, 60))
def test_rarity_is_a_probability_that_falls_with_the_reads(history: Reads, recent: Reads) -> None:
    rare = rarity(history, recent)
    assert 0 <= rare <= 1
    if recent.exact:
        fewer = Reads(seen=recent.seen, exact=recent.exact - 1)
        assert rarity(history, fewer) <= rare
    assert rarity(history, Reads(seen=recent.seen, exact=recent.seen)) > 0.999_999


@given(reads(100), reads(25, WINDOW))
def test_an_alarm_needs_a_loss_and_ends_where_reads_are_ordinary(
    history: Reads, recent: Reads
) -> None:
    found = judge(history, recent)
    if found is Lens.FALLING:
        assert (recent.rate or 0) <= (history.rate or 0) - 0.10
        assert judge(history, recent, alarmed=True) is Lens.FALLING, "it does not flutter"
    as_usual = Reads(seen=history.seen, exact=history.exact)
    assert judge(as_usual, as_usual) is not Lens.FALLING


@given(reads(), reads())
def test_too_few_reads_say_nothing(history: Reads, recent: Reads) -> None:
    few = Reads(seen=min(recent.seen, 24), exact=min(recent.exact, 24, recent.seen))
    assert judge(history, few) is Lens.UNKNOWN


def test_a_well_camera_hardly_ever_alarms_and_a_dirty_one_does_within_a_window() -> None:
    rng = Random(11)
    for rate in (0.99, 0.95, 0.85, 0.7):
        history = Reads(seen=400, exact=round(400 * rate))
        false = sum(
            judge(history, Reads(seen=WINDOW, exact=_drawn(rng, WINDOW, rate))) is Lens.FALLING
            for _ in range(4_000)
        )
        found = sum(
            judge(history, Reads(seen=WINDOW, exact=_drawn(rng, WINDOW, rate - 0.35)))
            is Lens.FALLING
            for _ in range(400)
        )
        assert false <= 2, rate
        assert found > 0.6 * 400, (rate, found)


def _drawn(rng: Random, n: int, rate: float) -> int:
    return sum(rng.random() < rate for _ in range(n))


LANES = st.builds(
    LaneNow, open=st.booleans(), fault=st.booleans(), barrier_online=st.booleans(),
    occupied=st.booleans(), with_officer_s=st.floats(0, 4000), next_waiting=st.booleans(),
)  # fmt: skip
LOADS = st.builds(
    Load, lanes=st.lists(LANES, max_size=8).map(tuple), passed=st.integers(0, 200),
    dwell_s=st.none() | st.floats(0.5, 600), expected=st.floats(0, 500),
    since_last_s=st.none() | st.floats(0, 5000),
)  # fmt: skip


@given(LOADS)
def test_the_answer_always_has_its_reasons(load: Load) -> None:
    found = answer(load)
    assert (found.why == ()) == (found.flow in (Flow.FLOWS, Flow.QUIET))
    assert found.wait_s is None or found.wait_s >= 0


@given(LOADS)
def test_one_more_waiting_truck_never_shortens_the_wait(load: Load) -> None:
    more = Load(
        lanes=(*load.lanes, LaneNow(open=False, next_waiting=True)), passed=load.passed,
        dwell_s=load.dwell_s, expected=load.expected, since_last_s=load.since_last_s,
    )  # fmt: skip
    before, after = wait_s(load), wait_s(more)
    assert (before is None) == (after is None)
    assert before is None or after is None or after >= before


def test_a_broken_gate_is_told_from_a_quiet_one() -> None:
    calm = LaneNow(open=True)
    assert answer(Load(lanes=(calm,), passed=0, dwell_s=None)) == Answer(
        flow=Flow.QUIET, why=(), wait_s=None
    )
    assert answer(Load(lanes=(calm,), passed=30, dwell_s=30.0)).flow is Flow.FLOWS
    broken = LaneNow(open=True, fault=True, occupied=True)
    assert answer(Load(lanes=(broken,), passed=3, dwell_s=30.0)).flow is Flow.BROKEN
    one = answer(Load(lanes=(broken, calm), passed=3, dwell_s=30.0))
    assert (one.flow, one.why) == (Flow.SLOW, (Why.LANES_IN_FAULT,))
    closed = LaneNow(open=False, next_waiting=True)
    assert answer(Load(lanes=(closed,), passed=0, dwell_s=None)).why == (Why.ALL_CLOSED,)


@given(st.lists(LOADS, min_size=1, max_size=3))
def test_a_direction_that_stands_is_not_made_good_by_one_that_flows(loads: list[Load]) -> None:
    every = tuple(answer(load) for load in loads)
    whole = of_gate(every)
    order = list(Flow)
    worst = max((one.flow for one in every), key=order.index)
    if worst is Flow.QUIET:
        assert whole.flow in (Flow.QUIET, Flow.FLOWS)
    else:
        assert whole.flow is worst
    assert set(whole.why) == {reason for one in every for reason in one.why}


def test_stages_are_all_phases_with_a_truck() -> None:
    assert set(Phase) - set(STAGES) == {Phase.IDLE, Phase.CLOSED}
