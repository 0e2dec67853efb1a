"""The device's idea of the centre's time: right within half a round trip, or not trusted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devices.clock import ClockRules, DeviceClock
from schemas.ids import uuid7
from schemas.stamp import Stamp
from schemas.status import ClockTrust, TimeAnswer

T0 = 1_790_000_000_000
delays = st.integers(0, 900)


class World:
    """True time with a device whose wall clock is off and whose answers take their time."""

    def __init__(self, wall_off: int = 0, centre_off: int = 0) -> None:
        self.now = T0
        self.wall_off = wall_off
        self.centre_off = centre_off
        self.clock = DeviceClock()
        self.count = 0

    def mono(self) -> int:
        return self.now - T0 + 5_000

    def centre(self) -> int:
        return self.now + self.centre_off

    def exchange(self, out: int = 10, there: int = 1, back: int = 10) -> bool:
        self.count += 1
        status = uuid7(self.now, self.count.to_bytes(10))
        t1 = self.now + self.wall_off
        self.clock.asked(status, t1, self.mono())
        self.now += out
        t2 = self.centre()
        self.now += there
        answer = _answer(status, t1, t2, self.centre())
        self.now += back
        return self.clock.answered(answer, self.mono())

    def trusts(self) -> ClockTrust:
        return self.clock.trust(self.mono())

    def error(self) -> int:
        told = self.clock.centre_ms(self.mono())
        assert told is not None
        return told - self.centre()


def _answer(of: str, t1: int, t2: int, t3: int) -> TimeAnswer:
    stamp = Stamp(id=uuid7(t3, b"0" * 10), seq=1, boot=uuid7(T0, b"1" * 10), at=t3, key="k")
    return TimeAnswer(stamp=stamp, of=of, t1=t1, t2=t2)


def test_before_any_exchange_nothing_is_known() -> None:
    world = World()
    assert world.trusts() is ClockTrust.UNSET
    assert world.clock.centre_ms(world.mono()) is None


@given(st.integers(-(10**11), 10**11), st.integers(0, 10**6), delays, st.integers(0, 99), delays)
def test_the_estimate_errs_by_at_most_half_the_round_trip_however_wrong_the_wall_clock_is(
    wall_off: int, later: int, out: int, there: int, back: int
) -> None:
    world = World(wall_off=max(wall_off, -T0))
    assert world.exchange(out, there, back)
    assert abs(world.error()) <= (out + back) // 2 + 1
    report = world.clock.report(world.now + world.wall_off, world.mono())
    assert abs(report.offset_ms + world.wall_off) <= (out + back) // 2 + 1
    assert abs(report.delay_ms - out - back) <= 1
    world.now += later % 180_000
    assert abs(world.error()) <= (out + back) // 2 + 1


@given(st.integers(-(10**9), 10**9))
def test_setting_the_devices_wall_clock_changes_nothing(jump: int) -> None:
    world = World()
    world.exchange()
    world.wall_off += jump
    assert world.trusts() is ClockTrust.TRUSTED
    assert abs(world.error()) <= 11
    assert world.exchange()
    assert world.trusts() is ClockTrust.TRUSTED


def test_without_exchanges_trust_ends() -> None:
    world = World()
    world.exchange()
    world.now += ClockRules().longest_age_ms + 1
    assert world.trusts() is ClockTrust.UNTRUSTED
    assert world.clock.centre_ms(world.mono()) is None
    assert world.exchange()
    assert world.trusts() is ClockTrust.TRUSTED


def test_a_step_of_the_centres_clock_is_not_trusted_until_three_exchanges_agree() -> None:
    world = World()
    world.exchange()
    world.centre_off = 3_600_000
    for expected in (ClockTrust.UNTRUSTED, ClockTrust.UNTRUSTED, ClockTrust.TRUSTED):
        world.now += 2_000
        assert world.exchange()
        assert world.trusts() is expected
    assert abs(world.error()) <= 11


def test_two_centres_that_disagree_are_never_trusted() -> None:
    world = World()
    world.exchange()
    for number in range(20):
        world.centre_off = 60_000 * (number % 2 + 1)
        world.now += 2_000
        world.exchange()
        assert world.trusts() is ClockTrust.UNTRUSTED


def test_a_slow_a_foreign_and_a_repeated_answer_are_not_taken() -> None:
    world = World()
    assert not world.exchange(out=1_000, back=1_001)
    assert world.trusts() is ClockTrust.UNSET
    status = uuid7(world.now, b"2" * 10)
    world.clock.asked(status, world.now, world.mono())
    foreign = _answer(uuid7(world.now, b"3" * 10), world.now, world.now, world.now)
    assert not world.clock.answered(foreign, world.mono())
    right = _answer(status, world.now, world.now, world.now)
    assert world.clock.answered(right, world.mono())
    assert not world.clock.answered(right, world.mono())
    assert world.clock.rejected == 3


@given(st.lists(st.tuples(delays, delays, st.integers(0, 100_000)), max_size=30))
def test_ordinary_delays_never_cost_the_trust(steps: list[tuple[int, int, int]]) -> None:
    world = World(wall_off=123_456)
    world.exchange()
    for out, back, pause in steps:
        world.now += pause
        world.exchange(out, 1, back)
        assert world.trusts() is ClockTrust.TRUSTED
        assert abs(world.error()) <= 901
