"""Is the service well? Liveness, readiness, and the lag of the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import psutil
from ocr.pool import ReaderPool

from devices.mqtt import MqttClient
from gate.app.clock import Clock
from gate.app.metrics import Metrics
from gate.store.pool import Database

log = logging.getLogger(__name__)

LAG_EVERY_S = 0.1
WINDOW = 600
"""Lag samples kept for the maximum: one minute."""
STUCK_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the service and whether it answers; ``detail`` says what is wrong."""

    name: str
    well: bool
    detail: str = ""


class Health:
    """Looks after the parts: asked by ``/healthz`` and ``/readyz``, exported as metrics."""

    def __init__(
        self,
        database: Database,
        clients: dict[str, MqttClient],
        pool: ReaderPool,
        clock: Clock,
        metrics: Metrics,
        queues: dict[str, Callable[[], int]],
    ) -> None:
        self._database = database
        self._clients = clients
        self._pool = pool
        self._clock = clock
        self._metrics = metrics
        self._queues = queues
        self._lags: deque[float] = deque(maxlen=WINDOW)

    async def ready(self) -> tuple[Part, ...]:
        """Database, broker and workers, each asked now."""
        stats = self._pool.stats()
        broker = all(client.connected for client in self._clients.values())
        errors = "; ".join(str(c.last_error) for c in self._clients.values() if c.last_error)
        return (
            Part(name="database", well=await self._database.alive(), detail="does not answer"),
            Part(name="broker", well=broker, detail=errors or "not connected"),
            Part(name="workers", well=stats.ready > 0, detail=f"{stats.ready} of {stats.workers}"),
        )

    def live(self) -> Part:
        """The event loop turns: its lag stays under ``STUCK_S``."""
        lag = max(self._lags, default=0.0)
        return Part(name="loop", well=lag < STUCK_S, detail=f"largest lag {lag:.3f} s")

    async def watch_loop(self) -> None:
        """Measure for ever how late the loop wakes up."""
        while True:
            due = self._clock.monotonic() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            lag = max(0.0, self._clock.monotonic() - due)
            self._lags.append(lag)
            self._metrics.loop_lag.observe(lag)

    async def watch_parts(self, every_s: float = 2.0) -> None:
        """Export the state of the parts for ever."""
        while True:
            self._export(await self._database.alive())
            await asyncio.sleep(every_s)

    def _export(self, database_well: bool) -> None:
        m = self._metrics
        m.database_up.set(database_well)
        m.database_pool.labels(state="in_use").set(self._database.in_use)
        m.database_pool.labels(state="waiting").set(self._database.waiting)
        for name, client in self._clients.items():
            m.mqtt_up.labels(client=name).set(client.connected)
            m.mqtt_reconnects.labels(client=name).set(client.reconnects)
            m.queue.labels(queue=f"mqtt_{name}").set(client.inbox_depth)
        stats = self._pool.stats()
        for state in ("workers", "ready", "busy"):
            m.workers.labels(state=state).set(getattr(stats, state))
        for cause in ("lost", "timeouts", "restarts", "recycled", "refused"):
            m.worker_events.labels(cause=cause).set(getattr(stats, cause))
        m.queue.labels(queue="reader").set(stats.queued)
        for name, depth in self._queues.items():
            m.queue.labels(queue=name).set(depth())
        m.loop_lag_max.set(max(self._lags, default=0.0))
        self._memory()

    def _memory(self) -> None:
        own = psutil.Process()
        self._metrics.memory.labels(part="service").set(own.memory_info().rss)
        children = 0
        for child in own.children(recursive=True):
            try:
                children += child.memory_info().rss
            except psutil.Error:
                continue
        self._metrics.memory.labels(part="children").set(children)
