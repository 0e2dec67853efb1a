"""Traffic for simulated lanes: which truck comes next, by story and by seed."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

from devices.simulation.lane import Passage, SimulatedLane
from devices.simulation.trucks import SimTruck, Story

USUAL_SHARES: Mapping[Story, float] = {
    Story.DECLARED: 0.63,
    Story.UNDECLARED: 0.08,
    Story.MISMATCHED: 0.08,
    Story.EXPIRED: 0.08,
    Story.DIRTY: 0.08,
    Story.OVERWEIGHT: 0.03,
    Story.RESEALED: 0.02,
}
"""How often each story comes, where trucks of it are there."""

_EMPTY_S = 1.0


class TruckSource(Protocol):
    """Gives trucks to lanes and takes them back."""

    async def next_truck(self, lane: str) -> SimTruck | None:
        """The next truck for a lane, or None when there is none now."""

    async def gone(self, lane: str, truck: SimTruck) -> None:
        """The truck has left the lane."""


class TruckPool:
    """A source made of plain values: each truck once, in turns by story, then again.

    ``lanes`` may give each lane its own trucks (exports here, imports there); lanes without an
    entry share ``trucks``. ``first`` come first in their lane, in their order. A truck is never in
    two lanes at once.
    """

    def __init__(
        self,
        trucks: Sequence[SimTruck],
        rng: random.Random,
        *,
        shares: Mapping[Story, float] = USUAL_SHARES,
        lanes: Mapping[str, Sequence[SimTruck]] | None = None,
        first: Mapping[str, Sequence[SimTruck]] | None = None,
    ) -> None:
        self._first = {name: deque(own) for name, own in (first or {}).items()}
        self._rng = rng
        self._shares = shares
        self._waiting = {name: self._shuffled(own) for name, own in (lanes or {}).items()}
        self._common = self._shuffled(trucks)
        self._inside: dict[str, str] = {}

    async def next_truck(self, lane: str) -> SimTruck | None:
        """The next truck of a story drawn by its share."""
        if self._first.get(lane):
            truck = self._first[lane].popleft()
            self._inside[truck.plate] = lane
            return truck
        queues = self._waiting.get(lane, self._common)
        there = [story for story, queue in queues.items() if queue]
        while there:
            weights = [self._shares.get(story, 0.01) for story in there]
            story = self._rng.choices(there, weights)[0]
            queue = queues[story]
            for _ in range(len(queue)):
                truck = queue.popleft()
                queue.append(truck)
                if truck.plate not in self._inside:
                    self._inside[truck.plate] = lane
                    return truck
            there.remove(story)
        return None

    async def gone(self, lane: str, truck: SimTruck) -> None:
        """The truck may come again when its turn comes."""
        if self._inside.get(truck.plate) == lane:
            del self._inside[truck.plate]

    def _shuffled(self, trucks: Sequence[SimTruck]) -> dict[Story, deque[SimTruck]]:
        queues: dict[Story, deque[SimTruck]] = {story: deque() for story in Story}
        for truck in self._rng.sample(list(trucks), len(trucks)):
            queues[truck.story].append(truck)
        return queues


class Traffic:
    """Keeps lanes busy. ``gap_s`` is the shortest and longest pause between two trucks.

    No truck can follow another within three seconds; a gate that sees such a short gap of its
    entry loop rightly takes it for the same vehicle.
    """

    def __init__(
        self,
        lanes: Sequence[SimulatedLane],
        source: TruckSource,
        rng: random.Random,
        *,
        gap_s: tuple[float, float] = (4.0, 9.0),
    ) -> None:
        self.passages: dict[Passage, int] = dict.fromkeys(Passage, 0)
        self._lanes = lanes
        self._source = source
        self._rng = rng
        self._gap_s = gap_s

    async def run(self) -> None:
        """Serve trucks on all lanes until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for lane in self._lanes:
                tasks.create_task(self._serve_lane(lane), name=f"traffic-{lane.parts.name}")

    async def _serve_lane(self, lane: SimulatedLane) -> None:
        name = lane.parts.name
        while True:
            truck = await self._source.next_truck(name)
            if truck is None:
                await asyncio.sleep(_EMPTY_S)
                continue
            passage = await lane.serve(truck)
            self.passages[passage] += 1
            await self._source.gone(name, truck)
            await asyncio.sleep(self._rng.uniform(*self._gap_s))
