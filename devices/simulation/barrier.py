"""The body of a simulated barrier: an arm that takes its time, end switches, loops, a key.

It knows nothing of commands: the real barrier program drives it through ``BarrierHardware``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from devices.barrier_machine import Drive, KeySwitch, Sensors

_AT_END = 1e-6


class SimulatedBarrier:
    """An arm from 0.0 (closed) to 1.0 (open) that needs ``travel_s`` for the whole way.

    ``safety`` and ``exit`` are set by whoever moves vehicles. ``stuck_at`` stops the arm where
    it is when it gets there (F25). ``clock`` gives seconds and only runs forward.
    """

    def __init__(
        self, *, travel_s: float = 1.5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.safety = False
        self.exit = False
        self.switch = KeySwitch(local=False)
        self.stuck_at: float | None = None
        self.hit_vehicle = False
        self._travel_s = travel_s
        self._clock = clock
        self._angle = 0.0
        self._drive = Drive.STOP
        self._moved_at = clock()

    @property
    def angle(self) -> float:
        """Where the arm is now."""
        self._advance()
        return self._angle

    def read(self) -> Sensors:
        """The end switches and loops as they are now."""
        self._advance()
        return Sensors(
            end_open=self._angle >= 1.0 - _AT_END,
            end_closed=self._angle <= _AT_END,
            safety=self.safety,
            exit=self.exit,
        )

    def key(self) -> KeySwitch:
        """The local key switch."""
        return self.switch

    def drive(self, drive: Drive) -> None:
        """Set the motor."""
        self._advance()
        self._drive = drive

    def _advance(self) -> None:
        now = self._clock()
        way = (now - self._moved_at) / self._travel_s
        self._moved_at = now
        if self._drive is Drive.STOP:
            return
        before = self._angle
        after = before + way if self._drive is Drive.UP else before - way
        after = min(1.0, max(0.0, after))
        stuck = self.stuck_at
        if stuck is not None and min(before, after) <= stuck <= max(before, after):
            after = stuck
        self._angle = after
        # Under the lowest fifth of its way the arm touches a truck that stands below it.
        if after < 0.2 and after < before and self.safety:
            self.hit_vehicle = True
