"""The alarm "dirty lens": raised where a camera reads worse than it used to, ended when well."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from gate.app.clock import Clock
from gate.app.metrics import Metrics
from gate.core.operations.lens import WINDOW, Lens, Reads, judge
from gate.store import alarms, lane_change, statistics_reads, statistics_roll
from gate.store.pool import Connection, Database
from gate.store.statistics_day import Span

log = logging.getLogger(__name__)

RECENT = timedelta(hours=24)
"""Reads older than this say nothing about the lens as it is now."""
HISTORY = timedelta(days=28)


class LensWatch:
    """Judges every camera's newest reads by its own history."""

    def __init__(self, database: Database, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics

    async def look(self) -> None:
        """Judge all cameras; raises ``StoreError``."""
        async with self._database.connection() as connection:
            cameras = await statistics_reads.cameras(connection)
        for lane, device in cameras:
            async with self._database.transaction() as connection:
                await self._judge(connection, lane, device)

    async def _judge(self, connection: Connection, lane: str, device: str) -> None:
        if not await statistics_roll.try_lock(connection):
            return  # another process counts or judges just now
        now = self._clock.now()
        kind = statistics_reads.alarm_kind(device)
        standing = await statistics_reads.standing(connection)
        since = standing.get((lane, kind))
        recent, oldest = await statistics_reads.newest(connection, lane, device, now - RECENT)
        span = Span(since=now - HISTORY, until=oldest or now)
        history = await statistics_reads.history(connection, lane, device, span)
        self._export(lane, device, history, recent)
        found = judge(history, recent, alarmed=since is not None)
        if found is Lens.FALLING and await self._due(connection, lane, device, since):
            await self._raise(connection, lane, device, history, recent)
        elif found is Lens.WELL and since is not None:
            await alarms.clear_alarm(connection, lane, kind, now)
            await lane_change.tell(connection, lane)
            log.info("lane %s: camera %s reads as usual again", lane, device)

    def _export(self, lane: str, device: str, history: Reads, recent: Reads) -> None:
        for span, reads in (("usual", history), ("newest", recent)):
            if reads.rate is not None:
                gauge = self._metrics.read_rate.labels(lane=lane, device=device, span=span)
                gauge.set(reads.rate)

    async def _due(
        self, connection: Connection, lane: str, device: str, since: datetime | None
    ) -> bool:
        """A standing alarm counts up once a whole window of further reads is as bad."""
        if since is None:
            return True
        more = await statistics_reads.reads_since(connection, lane, device, since)
        return more >= WINDOW

    async def _raise(
        self, connection: Connection, lane: str, device: str, history: Reads, recent: Reads
    ) -> None:
        text = (
            f"camera {device} reads {recent.exact} of the last {recent.seen} plates exactly; "
            f"{history.rate:.0%} is usual: clean the lens and check its aim and light"
        )
        await alarms.raise_alarm(
            connection, alarm=self._clock.fresh(), lane=lane,
            kind=statistics_reads.alarm_kind(device), text=text, transit=None,
            at=self._clock.now(),
        )  # fmt: skip
        self._metrics.alarms.labels(kind="DIRTY_LENS").inc()
        await lane_change.tell(connection, lane)
        log.warning("alarm on lane %s: DIRTY_LENS: %s", lane, text)
