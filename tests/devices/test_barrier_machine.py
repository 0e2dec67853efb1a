"""The arm: the written story of a passage, and what no sequence of events may ever do."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from devices.barrier_machine import (
    Barrier,
    Drive,
    Event,
    KeySwitch,
    Order,
    Sensors,
    Timing,
    drive,
    power_back,
    step,
)
from devices.barrier_memory import memory_from_json, memory_to_json
from devices.barrier_orders import OrderMemory, judge, outcome
from schemas.barrier_state import Arm, Cause
from schemas.canonical import canonical
from schemas.commands import Action, AnswerResult, Command, RefusalReason
from schemas.ids import uuid7
from schemas.stamp import Stamp

TIMING = Timing()
T0 = 1_790_000_000_000
DOWN = Sensors(end_closed=True)
UP = Sensors(end_open=True)
BETWEEN = Sensors()


def an_id(number: int) -> str:
    return uuid7(T0 + number, number.to_bytes(10))


def play(*steps: tuple[int, Event], barrier: Barrier | None = None) -> Barrier:
    """Run (time, event) pairs from a closed barrier."""
    state = barrier or closed()
    for now, event in steps:
        state = step(state, event, now, TIMING)
    return state


def closed() -> Barrier:
    return step(power_back(0), DOWN, 0, TIMING)


def opened(action: Action = Action.OPEN) -> Barrier:
    return play((0, Order(action=action, command=an_id(1))), (100, BETWEEN), (1_600, UP))


def test_a_truck_passes_and_the_arm_closes_behind_it() -> None:
    barrier = opened()
    assert (barrier.arm, barrier.cause, barrier.command) == (Arm.OPEN, Cause.COMMAND, an_id(1))
    barrier = play(
        (4_000, replace(UP, safety=True)),
        (6_000, replace(UP, safety=True, exit=True)),
        (8_000, replace(UP, exit=True)),
        (9_000, UP),
        (9_999, None),
        barrier=barrier,
    )
    assert barrier.arm is Arm.OPEN
    barrier = play((10_000, None), barrier=barrier)
    assert (barrier.arm, barrier.cause) == (Arm.CLOSING, Cause.PASSED)
    assert play((11_500, DOWN), barrier=barrier).arm is Arm.CLOSED


def test_an_opening_without_a_vehicle_ends_after_its_time() -> None:
    barrier = play((31_599, None), barrier=opened())
    assert barrier.arm is Arm.OPEN
    barrier = play((31_600, None), barrier=barrier)
    assert (barrier.arm, barrier.cause) == (Arm.CLOSING, Cause.TIMEOUT)


def test_the_last_trucks_tail_on_the_exit_loop_does_not_count_as_the_next_ones_passage() -> None:
    barrier = play(
        (0, replace(DOWN, exit=True)),
        (10, Order(action=Action.OPEN, command=an_id(1))),
        (1_000, replace(BETWEEN, exit=True)),
        (1_600, replace(UP, exit=True)),
        (2_000, UP),
        (4_000, None),
    )
    assert barrier.arm is Arm.OPEN


def test_a_held_opening_stays() -> None:
    assert play((10**7, None), barrier=opened(Action.HOLD_OPEN)).arm is Arm.OPEN


def test_a_vehicle_under_the_closing_arm_turns_it_round_and_it_closes_later() -> None:
    barrier = play((40_000, None), (40_500, replace(BETWEEN, safety=True)), barrier=opened())
    assert (barrier.arm, barrier.cause) == (Arm.OPENING, Cause.SAFETY)
    barrier = play(
        (41_000, replace(UP, safety=True)),
        (42_000, replace(UP, exit=True)),
        (43_000, UP),
        (44_000, None),
        barrier=barrier,
    )
    assert (barrier.arm, barrier.cause) == (Arm.CLOSING, Cause.PASSED)


def test_an_arm_that_does_not_arrive_is_a_fault_and_only_the_key_leads_out() -> None:
    stuck = play((0, Order(action=Action.OPEN, command=an_id(1))), (100, BETWEEN), (10_000, None))
    assert (stuck.arm, stuck.cause) == (Arm.FAULT, Cause.WATCHDOG)
    assert play((11_000, UP), (12_000, DOWN), barrier=stuck).arm is Arm.FAULT
    freed = play((13_000, KeySwitch(local=True)), (14_000, DOWN), barrier=stuck)
    assert freed.arm is Arm.CLOSED
    assert freed.local


def test_the_key_stops_drives_and_hands_back() -> None:
    moving = play((0, Order(action=Action.OPEN, command=an_id(1))), (100, BETWEEN))
    stopped = play((200, KeySwitch(local=True)), barrier=moving)
    assert (stopped.arm, stopped.cause) == (Arm.STOPPED, Cause.KEY)
    up = play((300, KeySwitch(local=True, drive=Drive.UP)), (900, UP), barrier=stopped)
    assert (up.arm, up.cause) == (Arm.OPEN, Cause.KEY)
    back = play((1_000, KeySwitch(local=False)), (10**7, None), barrier=up)
    assert back.arm is Arm.OPEN
    assert not back.local


def test_after_power_nothing_moves_and_an_open_arm_stays_open() -> None:
    assert play((10**7, None), barrier=power_back(0)).arm is Arm.UNKNOWN
    found = play((5, UP), (10**7, None), barrier=power_back(0))
    assert (found.arm, found.cause) == (Arm.OPEN, Cause.POWER)


def test_an_arm_pushed_from_its_end_is_unknown_and_not_driven() -> None:
    pushed = play((0, BETWEEN))
    assert (pushed.arm, pushed.cause) == (Arm.UNKNOWN, Cause.SENSOR)
    assert drive(pushed) is Drive.STOP


def test_both_end_switches_at_once_are_a_fault() -> None:
    both = play((0, Sensors(end_open=True, end_closed=True)))
    assert (both.arm, both.cause) == (Arm.FAULT, Cause.SENSOR)


def command(
    number: int = 1,
    *,
    action: Action = Action.OPEN,
    token: int = 1,
    at: int = T0,
    ttl_ms: int = 3_000,
    expect: Arm = Arm.CLOSED,
    decision: int = 1,
) -> Command:
    stamp = Stamp(id=an_id(number), seq=number, boot=an_id(0), at=at, key="k")
    return Command(
        stamp=stamp,
        action=action,
        token=token,
        expect=expect,
        ttl_ms=ttl_ms,
        transit=an_id(decision),
        decision=an_id(decision),
    )


def verdict_on(
    asked: Command,
    *,
    memory: OrderMemory | None = None,
    barrier: Barrier | None = None,
    centre_ms: int | None = T0 + 50,
) -> RefusalReason | AnswerResult | None:
    verdict = judge(memory or OrderMemory(), asked, barrier or closed(), centre_ms)
    assert verdict.obey == (verdict.given.result is AnswerResult.ACCEPTED)
    return verdict.given.reason or verdict.given.result


def test_each_reason_to_refuse_is_told_by_its_name() -> None:
    late = T0 + 3_000
    local = play((0, KeySwitch(local=True)))
    broken = play((0, Sensors(end_open=True, end_closed=True)))
    standing = play((2_000, replace(UP, safety=True)), barrier=opened())
    used = judge(OrderMemory(), command(1), closed(), T0).memory
    close = command(2, action=Action.CLOSE, expect=Arm.OPEN)

    assert verdict_on(command()) is AnswerResult.ACCEPTED
    assert verdict_on(command(), centre_ms=None) is RefusalReason.CLOCK_UNTRUSTED
    assert verdict_on(command(at=T0 + 5_000)) is RefusalReason.CLOCK_UNTRUSTED
    assert verdict_on(command(), centre_ms=late) is RefusalReason.EXPIRED
    assert verdict_on(command(), centre_ms=late - 1) is AnswerResult.ACCEPTED
    assert verdict_on(command(), memory=OrderMemory(token=2)) is RefusalReason.STALE_TOKEN
    assert verdict_on(command(2, decision=1), memory=used) is RefusalReason.REPLAYED
    assert verdict_on(command(), barrier=local) is RefusalReason.LOCAL_CONTROL
    assert verdict_on(command(), barrier=broken) is RefusalReason.FAULT
    assert verdict_on(command(expect=Arm.OPEN)) is RefusalReason.STATE_DIFFERS
    assert verdict_on(close, barrier=standing) is RefusalReason.LOOP_OCCUPIED


def test_a_command_that_came_again_is_answered_as_before_even_when_late() -> None:
    first = judge(OrderMemory(), command(), closed(), T0)
    again = judge(first.memory, command(), opened(), T0 + 10**6)
    assert again.given == first.given
    assert not again.obey


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), max_size=40))
def test_the_memory_survives_its_file(orders: list[tuple[int, int]]) -> None:
    memory = OrderMemory()
    for number, token in orders:
        memory = judge(memory, command(number, token=token), closed(), T0).memory
    assert memory_from_json(canonical(memory_to_json(memory)).decode()) == memory


class BarrierUnderAttack(RuleBasedStateMachine):
    """Random sensors, orders old and new, wrong clocks, keys and power cuts, in any order."""

    sensed = st.builds(
        Sensors,
        end_open=st.booleans(),
        end_closed=st.booleans(),
        safety=st.booleans(),
        exit=st.booleans(),
    )

    @initialize()
    def begin(self) -> None:
        self.now = 0
        self.barrier = closed()
        self.memory = OrderMemory()
        self.clock_off: int | None = 0
        self.sent: list[Command] = []
        self.highest = 0
        self.raised_for: list[str] = []

    def apply(self, event: Event, *, may_raise: bool) -> None:
        before = self.barrier
        self.barrier = step(before, event, self.now, TIMING)
        after = self.barrier
        if after.arm is Arm.OPENING and before.arm is not Arm.OPENING:
            reversal = before.arm is Arm.CLOSING and after.cause is Cause.SAFETY
            assert may_raise or reversal, "I1: the arm rose without command or key"
        if before.arm is Arm.UNKNOWN and event is None:
            assert after.arm is Arm.UNKNOWN, "it moved by itself out of unknown"
        if after.arm in {Arm.OPEN, Arm.CLOSED} and after.arm is not before.arm:
            at_end = after.sensors.end_open if after.arm is Arm.OPEN else after.sensors.end_closed
            assert at_end, "a position was inferred, not seen"

    @rule(sensors=sensed)
    def sense(self, sensors: Sensors) -> None:
        self.apply(sensors, may_raise=False)

    @rule(ms=st.integers(0, 40_000))
    def wait(self, ms: int) -> None:
        self.now += ms
        self.apply(None, may_raise=False)

    @rule(local=st.booleans(), wanted=st.sampled_from(Drive))
    def turn_key(self, local: bool, wanted: Drive) -> None:
        self.apply(KeySwitch(local=local, drive=wanted), may_raise=local and wanted is Drive.UP)

    @rule()
    def cut_power(self) -> None:
        self.barrier = power_back(self.now)
        self.memory = memory_from_json(canonical(memory_to_json(self.memory)).decode())
        self.clock_off = None

    @rule(off=st.none() | st.integers(-400, 400))
    def exchange_clock(self, off: int | None) -> None:
        self.clock_off = off

    @rule(
        action=st.sampled_from(Action),
        token=st.integers(0, 3),
        age=st.integers(-3_000, 4_000),
        decision=st.integers(0, 5),
        expect=st.none() | st.sampled_from(Arm),
    )
    def send(self, action: Action, token: int, age: int, decision: int, expect: Arm | None) -> None:
        number = 100 + len(self.sent)
        self.sent.append(
            command(
                number,
                action=action,
                token=token,
                at=T0 + self.now - age,
                expect=expect or self.barrier.arm,
                decision=decision,
            )
        )
        self.deliver(self.sent[-1])

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        self.deliver(data.draw(st.sampled_from(self.sent)))

    def deliver(self, asked: Command) -> None:
        centre = None if self.clock_off is None else T0 + self.now + self.clock_off
        verdict = judge(self.memory, asked, self.barrier, centre)
        repeated = self.memory.answer_to(asked.stamp.id) is not None
        if verdict.obey:
            assert centre is not None, "I4: obeyed with an untrusted clock"
            assert centre < asked.expires_at, "I4: obeyed after the expiry"
            assert asked.token >= self.highest, "I1: obeyed a stale token"
            assert not repeated, "I3: obeyed a repeated command"
            assert not self.barrier.local, "obeyed under local control"
            if asked.action is not Action.CLOSE:
                assert asked.decision not in self.raised_for, "I3: a decision opened twice"
                self.raised_for.append(str(asked.decision))
            self.memory = verdict.memory
            order = Order(action=asked.action, command=asked.stamp.id)
            self.apply(order, may_raise=asked.action is not Action.CLOSE)
            ended = outcome(self.barrier, asked)
            assert ended is None or ended.command == asked.stamp.id
        self.memory = verdict.memory
        if not repeated:
            self.highest = max(self.highest, asked.token)

    @invariant()
    def never_closes_on_a_vehicle(self) -> None:
        if drive(self.barrier) is Drive.DOWN:
            assert not self.barrier.sensors.safety, "I5: closing with the safety loop occupied"

    @invariant()
    def never_drives_from_fault_or_unknown(self) -> None:
        if self.barrier.arm in {Arm.FAULT, Arm.UNKNOWN, Arm.STOPPED}:
            assert drive(self.barrier) is Drive.STOP

    @invariant()
    def never_moves_longer_than_the_watchdog(self) -> None:
        if drive(self.barrier) is not Drive.STOP:
            assert self.now - self.barrier.since < TIMING.travel_ms


BarrierUnderAttack.TestCase.settings = settings(max_examples=200, stateful_step_count=40)
TestBarrierUnderAttack = BarrierUnderAttack.TestCase
