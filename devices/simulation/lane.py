"""A simulated lane: trucks arrive, are photographed, wait for the arm, and pass or turn back."""

from __future__ import annotations

import asyncio
import logging
import random
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from devices.camera import CameraAgent
from devices.loop import LoopAgent
from devices.scale import ScaleAgent
from devices.seal_reader import SealReaderAgent
from devices.simulation.barrier import SimulatedBarrier
from devices.simulation.scene import View, Weather, photograph, random_weather
from devices.simulation.trucks import SimTruck
from devices.spool import SpoolFailed, SpoolFull
from devices.stamping import fresh_id
from schemas.capture import Trigger

log = logging.getLogger(__name__)

_LOOK_S = 0.05
_UP = 0.9
"""A driver goes when the arm is this far up."""


class Passage(StrEnum):
    """How a truck left the lane."""

    PASSED = "passed"
    TURNED_BACK = "turned_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds and counts of a passage. ``patience_s`` is how long a driver waits for the arm."""

    approach_s: float = 1.0
    settle_s: float = 0.8
    between_shots_s: float = 0.35
    front_shots: int = 2
    rear_shots: int = 2
    react_s: float = 0.6
    cross_s: float = 3.0
    patience_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneParts:
    """The devices of one lane, running; a lane may lack scale and seal reader."""

    name: str
    front: CameraAgent
    rear: CameraAgent
    entry: LoopAgent
    barrier: SimulatedBarrier
    scale: ScaleAgent | None = None
    seals: SealReaderAgent | None = None


class SimulatedLane:
    """Serves one truck at a time. Drivers see only the arm, as drivers do.

    ``drawing`` is where pictures are drawn; one thread serves all lanes and bounds the memory.
    """

    def __init__(self, parts: LaneParts, rng: random.Random, pace: Pace, drawing: Executor) -> None:
        self.parts = parts
        self._drawing = drawing
        self._rng = rng
        self._pace = pace

    async def serve(self, truck: SimTruck) -> Passage:
        """Bring a truck to the stop line and see it leave."""
        parts, pace = self.parts, self._pace
        await asyncio.sleep(pace.approach_s)
        log.info("%s: %s truck %s arrives", parts.name, truck.story, truck.plate)
        parts.entry.sense(True)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._measure(truck))
                tasks.create_task(self._photograph(truck))
            passage = await self._wait_and_go()
        finally:
            # Whatever happens to this task, no ghost truck stays on the loops.
            self._leave_entry()
            parts.barrier.safety = parts.barrier.exit = False
        log.info("%s: %s %s", parts.name, truck.plate, passage)
        return passage

    async def _measure(self, truck: SimTruck) -> None:
        """The truck rolls onto the scale, which comes to rest; its seals are read."""
        scale, seals, pace = self.parts.scale, self.parts.seals, self._pace
        grams = truck.weight_kg * 1000
        if scale is not None and grams:
            scale.weigh(grams * 2 // 5, stable=False)
            await asyncio.sleep(pace.settle_s / 2)
            scale.weigh(grams, stable=False)
            await asyncio.sleep(pace.settle_s / 2)
            scale.weigh(grams + self._rng.randrange(-5, 6) * 20_000, stable=True)
        if seals is not None:
            seals.read(truck.seals)

    def _leave_entry(self) -> None:
        parts = self.parts
        parts.entry.sense(False)
        if parts.scale is not None:
            parts.scale.weigh(0, stable=True)
        if parts.seals is not None:
            parts.seals.gone()

    async def _photograph(self, truck: SimTruck) -> None:
        weather = random_weather(self._rng)
        pace = self._pace
        for view, shots in ((View.FRONT, pace.front_shots), (View.REAR, pace.rear_shots)):
            burst = fresh_id()
            for shot in range(shots):
                distance = 0.3 * (1 - (shot + 1) / shots)
                await self._shoot(truck, view, weather, distance, burst, shot)
                await asyncio.sleep(pace.between_shots_s)

    async def _shoot(
        self,
        truck: SimTruck,
        view: View,
        weather: Weather,
        distance: float,
        burst: str,
        shot: int,
    ) -> None:
        rng = random.Random(self._rng.random())
        picture = await asyncio.get_running_loop().run_in_executor(
            self._drawing, partial(photograph, truck, view, weather, rng, distance=distance)
        )
        camera = self.parts.front if view is View.FRONT else self.parts.rear
        try:
            await camera.submit(picture.jpeg, Trigger.LOOP, burst=burst, shot=shot)
        except (SpoolFull, SpoolFailed) as error:
            log.warning("%s: picture of %s not kept: %s", self.parts.name, truck.plate, error)

    async def _wait_and_go(self) -> Passage:
        barrier, pace = self.parts.barrier, self._pace
        loop = asyncio.get_running_loop()
        until = loop.time() + pace.patience_s
        while loop.time() < until:
            if barrier.angle >= _UP:
                await asyncio.sleep(pace.react_s)
                if barrier.angle >= _UP:
                    await self._cross()
                    return Passage.PASSED
            await asyncio.sleep(_LOOK_S)
        return Passage.TURNED_BACK

    async def _cross(self) -> None:
        """Over the safety loop, then over both, then off the exit loop."""
        barrier, step = self.parts.barrier, self._pace.cross_s / 4
        barrier.safety = True
        await asyncio.sleep(step)
        self._leave_entry()
        await asyncio.sleep(step)
        barrier.exit = True
        await asyncio.sleep(step)
        barrier.safety = False
        await asyncio.sleep(step)
        barrier.exit = False
