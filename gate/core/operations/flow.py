"""Does the gate flow? One answer in words, with the reasons for it, and the wait estimate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Flow(StrEnum):
    """The answer, best first; the worst that applies counts."""

    FLOWS = "flows"
    QUIET = "quiet"
    """Nothing came for a while, and nothing waits."""
    SLOW = "slow"
    STANDS = "stands"
    BROKEN = "broken"
    """Trucks can't pass although nobody decided so: machines are out of order."""


class Why(StrEnum):
    """What speaks for the answer."""

    WAIT_LONG = "wait_long"
    TRUCK_WAITS_LONG = "truck_waits_long"
    MORE_COME = "more_come"
    LANES_IN_FAULT = "lanes_in_fault"
    ALL_CLOSED = "all_closed"
    BARRIERS_OFFLINE = "barriers_offline"
    NONE_PASSED = "none_passed"


SLOW_WAIT_S = 15 * 60
STANDS_WAIT_S = 45 * 60
OFFICER_LONG_S = 10 * 60
NONE_PASSED_S = 20 * 60
"""Trucks wait and none got through for this long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneNow:
    """One lane: is it open to traffic, in fault, is its barrier there; does a truck stand at
    it, for how long with the officer (seconds), and does the next one wait behind.
    """

    open: bool
    fault: bool = False
    barrier_online: bool = True
    occupied: bool = False
    with_officer_s: float = 0.0
    next_waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The load of one direction or of the gate.

    ``passed`` are the trucks of the last hour, ``dwell_s`` their median time at the lane
    (None without any), ``expected`` the trucks an hour that the declared windows let expect,
    ``since_last_s`` how long ago the last truck ended (None: none today).
    """

    lanes: tuple[LaneNow, ...]
    passed: int
    dwell_s: float | None
    expected: float = 0.0
    since_last_s: float | None = None

    @property
    def working(self) -> int:
        """Lanes that can take a truck."""
        return sum(1 for lane in self.lanes if lane.open and not lane.fault and lane.barrier_online)

    @property
    def standing(self) -> int:
        """Trucks at the lanes."""
        return sum(1 for lane in self.lanes if lane.occupied)

    @property
    def waiting(self) -> int:
        """Trucks that are seen to wait behind another one."""
        return sum(1 for lane in self.lanes if lane.next_waiting)

    @property
    def capacity(self) -> float | None:
        """Trucks an hour that the working lanes can take at the present dwell time."""
        if self.dwell_s is None or self.dwell_s <= 0:
            return None
        return self.working * 3600 / self.dwell_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer with its reasons, and the estimated wait of a truck that comes now (seconds;
    None where nothing lets it be estimated).
    """

    flow: Flow
    why: tuple[Why, ...]
    wait_s: float | None


def wait_s(load: Load) -> float | None:
    """How long a truck that arrives now waits for its lane.

    Every truck ahead takes the median dwell of the last hour, and the working lanes share
    them: trucks ahead x dwell / lanes. What is expected above the capacity in the next hour
    waits as well: half of the excess on average (a fluid queue, G. F. Newell, Applications of
    Queueing Theory, 1982).
    """
    capacity = load.capacity
    if not capacity:
        return None
    ahead = load.standing + load.waiting
    excess = max(0.0, load.expected - capacity) / 2
    taken = min(ahead, load.working)
    queue = ahead - taken
    # A truck at a lane is on average half way through.
    return (queue + taken / 2 + excess) / capacity * 3600 if ahead + excess else 0.0


def answer(load: Load) -> Answer:
    """Answer the question for this load."""
    wait = wait_s(load)
    found: list[tuple[Flow, Why]] = []
    opened = [lane for lane in load.lanes if lane.open]
    demand = load.standing + load.waiting > 0 or load.expected >= 1
    if not opened and demand:
        found.append((Flow.STANDS, Why.ALL_CLOSED))
    faults = sum(1 for lane in opened if lane.fault)
    dead = sum(1 for lane in opened if not lane.barrier_online and not lane.fault)
    for number, why in ((faults, Why.LANES_IN_FAULT), (dead, Why.BARRIERS_OFFLINE)):
        if number:
            found.append((Flow.BROKEN if load.working == 0 else Flow.SLOW, why))
    if wait is not None and wait > SLOW_WAIT_S:
        found.append((Flow.STANDS if wait > STANDS_WAIT_S else Flow.SLOW, Why.WAIT_LONG))
    if any(lane.with_officer_s > OFFICER_LONG_S for lane in load.lanes):
        found.append((Flow.SLOW, Why.TRUCK_WAITS_LONG))
    if load.capacity and load.expected > load.capacity:
        found.append((Flow.SLOW, Why.MORE_COME))
    blocked = load.standing > 0 and (load.since_last_s or 0.0) > NONE_PASSED_S
    if blocked and load.passed == 0:
        found.append((Flow.STANDS, Why.NONE_PASSED))
    if not found:
        idle = load.standing + load.waiting == 0 and load.passed == 0
        return Answer(flow=Flow.QUIET if idle else Flow.FLOWS, why=(), wait_s=wait)
    order = list(Flow)
    found.sort(key=lambda one: -order.index(one[0]))
    return Answer(flow=found[0][0], why=tuple(dict.fromkeys(w for _, w in found)), wait_s=wait)


def of_gate(directions: tuple[Answer, ...]) -> Answer:
    """The gate's answer from those of its directions: the worst, with all reasons.

    A direction that stands is not made good by one that flows. The wait is the longest.
    """
    order = list(Flow)
    ranked = sorted(directions, key=lambda one: -order.index(one.flow))
    waits = [one.wait_s for one in directions if one.wait_s is not None]
    flow = ranked[0].flow if ranked else Flow.QUIET
    if flow is Flow.QUIET and any(one.flow is Flow.FLOWS for one in ranked):
        flow = Flow.FLOWS
    why = tuple(dict.fromkeys(reason for one in ranked for reason in one.why))
    return Answer(flow=flow, why=why, wait_s=max(waits, default=None))
