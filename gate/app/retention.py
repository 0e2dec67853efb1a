"""Retention: what is past its time goes, each class by its own limit, with a proof of what went."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.settings import Retention
from gate.app.clock import Clock
from gate.app.erasure import erase_person, erase_transits
from gate.app.peer_gates import KEPT
from gate.core.audit import digest
from gate.store import access_log, audit, proposals, retention, sightings, watchlists
from gate.store.errors import StoreError
from gate.store.evidence import EvidenceStore
from gate.store.pool import Database

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Rows of one transaction: a run must not hold anybody up."""
DAILY_AT = time(3, 30)
"""By the gate's clock; the quietest hour."""
AGAIN = timedelta(days=3)
"""Files whose deletion a crash may have left undone are looked for this far back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Everything before these times is past its retention, by class."""

    before: dict[str, datetime]


class Keeper:
    """Runs the retention, by hand and once a day."""

    def __init__(
        self, database: Database, evidence: EvidenceStore, refused: EvidenceStore, clock: Clock,
        settings: Retention, timezone: str,
    ) -> None:  # fmt: skip
        self._database = database
        self._evidence = evidence
        self._refused = refused
        self._clock = clock
        self.settings = settings
        self._zone = ZoneInfo(timezone)
        self._one = asyncio.Lock()

    def limits(self) -> Limits:
        """The limits as of now."""
        s, now = self.settings, self._clock.now()
        days = {
            "pictures": s.pictures_days, "persons": s.persons_days, "transits": s.transits_days,
            "watchlist": s.watchlist_days, "access_log": s.access_log_days,
        }  # fmt: skip
        return Limits(before={name: now - timedelta(days=count) for name, count in days.items()})

    async def due(self) -> dict[str, int]:
        """What a run would remove now: nothing is changed."""
        return await retention.due(self._database, self.limits().before)

    async def run(self, by: str) -> dict[str, Any]:
        """Remove what is past its time; returns the counts. Raises ``StoreError``."""
        async with self._one:
            limits, now = self.limits().before, self._clock.now()
            pictures = await self._pictures(limits["pictures"], now)
            counts: dict[str, Any] = {
                "pictures": len(pictures),
                "persons": await self._persons(limits["persons"], by),
                "transits": await self._transits(limits["transits"], by),
                **await self._small(limits, now),
                "files": await self.remove_files(),
            }
            facts = {**counts, "picture_hashes": digest(sorted(pictures)),
                     "before": {name: at.isoformat() for name, at in limits.items()}}  # fmt: skip
            async with self._database.transaction() as connection:
                run = self._clock.fresh()
                entry = await audit.administer(
                    connection, at=now, actor=by, action="retention_run", subject=str(run),
                    data=facts,
                )  # fmt: skip
                await retention.add_run(connection, run, now, by, counts, entry)
            log.info("retention: %s", counts)
            return counts

    async def remove_files(self) -> int:
        """Delete the files of pictures that are gone; returns how many there still were."""
        since = self._clock.now() - AGAIN
        names = await retention.gone_files(self._database, since)
        return await asyncio.to_thread(lambda: sum(self._evidence.remove(name) for name in names))

    async def daily(self) -> None:
        """Run once a day, for ever, where the settings want it."""
        while True:
            await asyncio.sleep(self._until_next())
            if not self.settings.daily:
                continue
            try:
                await self.run("service")
            except StoreError as error:
                log.warning("the retention run failed: %s", error)

    def _until_next(self) -> float:
        now = self._clock.now().astimezone(self._zone)
        at = datetime.combine(now.date(), DAILY_AT, self._zone)
        return ((at if at > now else at + timedelta(days=1)) - now).total_seconds() + 1

    async def _pictures(self, before: datetime, now: datetime) -> list[str]:
        gone: list[str] = []
        while True:
            async with self._database.transaction() as connection:
                rows = await retention.old_pictures(connection, before, AT_ONCE)
                await retention.mark_pictures_gone(connection, [r["id"] for r in rows], now)
            gone += [row["sha256"] for row in rows]
            if len(rows) < AT_ONCE:
                return gone

    async def _persons(self, before: datetime, by: str) -> int:
        count = 0
        while True:
            async with self._database.transaction() as connection:
                wanted = await retention.old_persons(connection, before, 10)
                for driver in wanted:
                    await erase_person(
                        connection, driver, at=self._clock.now(), by=by,
                        facts={"why": "retention", "before": before.isoformat()},
                    )  # fmt: skip
            count += len(wanted)
            if len(wanted) < 10:
                return count

    async def _transits(self, before: datetime, by: str) -> int:
        count = 0
        while True:
            async with self._database.transaction() as connection:
                wanted = await retention.old_transits(connection, before, AT_ONCE)
                if wanted:
                    await erase_transits(connection, wanted, at=self._clock.now(), by=by)
            count += len(wanted)
            if len(wanted) < AT_ONCE:
                return count

    async def _small(self, limits: dict[str, datetime], now: datetime) -> dict[str, int]:
        async with self._database.transaction() as connection:
            counts = {
                "watchlist": await watchlists.forget(connection, limits["watchlist"]),
                "access_log": await access_log.forget(connection, limits["access_log"]),
                "proposals": await proposals.forget(connection, now),
            }
            names = await retention.forget_refusals(connection, limits["pictures"])
        counts["sightings"] = await sightings.forget(self._database, now - KEPT)
        removed = await asyncio.to_thread(lambda: sum(self._refused.remove(name) for name in names))
        return {**counts, "refused": removed}
