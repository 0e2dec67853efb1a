"""Sends stored captures to the reader processes and their results to the lanes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ocr.outcome import ReadOutcome
from ocr.pool import PoolClosedError, PoolFullError, ReaderPool

from gate.app.clock import Clock
from gate.app.lane import LaneActor
from gate.app.metrics import Metrics
from gate.core.lane.events import CaptureRead
from gate.store import captures as capture_store
from gate.store.captures import PendingCapture
from gate.store.errors import StoreError
from gate.store.evidence import EvidenceStore
from gate.store.pool import Database
from schemas.plates import parse_plate
from schemas.readings import ReadFailure, Reading, ReadingKind

log = logging.getLogger(__name__)

RETRY_S = (0.2, 0.5, 1.0, 2.0)


class Reader:
    """Reads every stored capture once; each ends in readings or in a failure with its reason."""

    def __init__(
        self,
        pool: ReaderPool,
        database: Database,
        evidence: EvidenceStore,
        clock: Clock,
        metrics: Metrics,
        lane: Callable[[str], LaneActor | None],
    ) -> None:
        self._pool = pool
        self._database = database
        self._evidence = evidence
        self._clock = clock
        self._metrics = metrics
        self._lane = lane
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def under_way(self) -> int:
        """Captures being read or waiting for a worker."""
        return len(self._tasks)

    def start(self, capture: PendingCapture) -> None:
        """Read a capture in the background."""
        task = asyncio.create_task(self._read(capture))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, capture: PendingCapture) -> None:
        began = self._clock.monotonic()
        outcome = await self._ask(capture)
        if outcome is None:
            return
        self._metrics.stage.labels(stage="read").observe(self._clock.monotonic() - began)
        await self._keep(capture, outcome)
        self._count(outcome)
        actor = self._lane(capture.lane)
        if actor is not None:
            actor.post(self._event(capture, outcome))

    async def _ask(self, capture: PendingCapture) -> ReadOutcome | None:
        path = self._evidence.path(capture.sha256)
        while True:
            try:
                return await self._pool.read(path, ReadingKind.PLATE)
            except PoolFullError:
                # The capture is durable: it waits for a place, the lane's deadline does not.
                self._metrics.queue.labels(queue="reader_refused").inc()
                await asyncio.sleep(0.1)
            except PoolClosedError:
                return None

    async def _keep(self, capture: PendingCapture, outcome: ReadOutcome) -> None:
        """Write the result, however long the database is away."""
        failure = ("", "")
        if outcome.failure is not None:
            failure = (outcome.failure.reason, outcome.failure.message)
        rows = tuple((self._clock.fresh(), reading) for reading in outcome.readings)
        tries = 0
        while True:
            try:
                await capture_store.save_readings(
                    self._database, capture.id, rows, failure, _quality(outcome), self._clock.now()
                )
                return
            except StoreError as error:
                self._metrics.database_errors.labels(code=error.code).inc()
                await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
                tries += 1

    def _event(self, capture: PendingCapture, outcome: ReadOutcome) -> CaptureRead:
        best = _best(outcome.readings)
        failure = outcome.failure or ReadFailure(reason="no_plate", message="no plate was found")
        return CaptureRead(
            at=self._clock.now(),
            capture=capture.id,
            text=best.text if best else "",
            confidence=best.confidence if best else 0.0,
            failure="" if best else failure.reason,
        )

    def _count(self, outcome: ReadOutcome) -> None:
        best = _best(outcome.readings)
        if best is not None:
            self._metrics.readings.labels(engine=best.engine, outcome="plate").inc()
            return
        reason = outcome.failure.reason if outcome.failure else "no_plate"
        self._metrics.readings.labels(engine="none", outcome=reason).inc()


def _best(readings: tuple[Reading, ...]) -> Reading | None:
    return next((r for r in readings if parse_plate(r.text) is not None), None)


def _quality(outcome: ReadOutcome) -> dict[str, Any] | None:
    return None if outcome.quality is None else asdict(outcome.quality)
