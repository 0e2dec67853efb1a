"""Watchlists as supervisors handle them: entries are added, renewed and ended by two persons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gate.app.clock import Clock
from gate.app.four_eyes import Carried, NotDone
from gate.store import watchlists
from gate.store.firms_by_tax import firm_by_tax_number
from gate.store.pool import Connection, Database
from gate.store.proposals import Proposal
from schemas.containers import normalise_container, parse_container
from schemas.plates import normalise_plate, plate_key
from schemas.watchlist import WatchEntry, WatchKind

LONGEST_DAYS = 365
"""Twelve months; the database refuses more."""
LEAST_REASON = 5
SHORTEST_KEY = 5
"""A shorter plate would hit half the gate."""


class WatchDesk:
    """Checks entries before they are proposed, and carries confirmed ones out."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def prepare_add(self, kind: str, value: str, reason: str, days: str) -> dict[str, Any]:
        """The entry in its normal form; raises ``NotDone`` with what is wrong."""
        if kind not in set(WatchKind):
            raise NotDone("kind")
        normal, shown = await self._normal(WatchKind(kind), value)
        if len(reason.strip()) < LEAST_REASON:
            raise NotDone("reason")
        return {
            "kind": kind, "value": normal, "shown": shown, "reason": reason.strip()[:500],
            "days": _days(days),
        }  # fmt: skip

    async def prepare(self, entry: UUID, days: str | None = None) -> dict[str, Any]:
        """An entry in force, to be ended or renewed; raises ``NotDone``."""
        async with self._database.connection() as connection:
            row = await watchlists.one(connection, entry)
        over = row is not None and (row["ended_at"] or row["until"] <= self._clock.now())
        if row is None or (over and days is None):
            raise NotDone("no_entry")
        more = {} if days is None else {"days": _days(days)}
        return {"entry": str(entry), "kind": row["kind"], "shown": row["firm"] or row["value"],
                "reason": row["reason"], **more}  # fmt: skip

    async def add(self, connection: Connection, proposal: Proposal) -> Carried:
        """Put the entry on its list."""
        data = proposal.data
        entry = self._entry(data["kind"], data["value"], data["reason"], data["days"], proposal)
        await watchlists.add(connection, entry, proposal.second)
        return Carried()

    async def end(self, connection: Connection, proposal: Proposal) -> Carried:
        """End the entry before its time."""
        entry = UUID(proposal.data["entry"])
        ended = await watchlists.end(
            connection, entry, proposal.proposed_by, self._clock.now(), proposal.second
        )
        if not ended:
            raise NotDone("no_entry")
        return Carried()

    async def renew(self, connection: Connection, proposal: Proposal) -> Carried:
        """A new entry in place of the old one, for another time of at most twelve months."""
        old = UUID(proposal.data["entry"])
        row = await watchlists.one(connection, old)
        if row is None:
            raise NotDone("no_entry")
        entry = self._entry(
            row["kind"], row["value"], row["reason"], proposal.data["days"], proposal
        )
        await watchlists.add(connection, entry, proposal.second, renews=old)
        await watchlists.end(
            connection, old, proposal.proposed_by, self._clock.now(), proposal.second
        )
        return Carried()

    def _entry(
        self, kind: str, value: str, reason: str, days: int, proposal: Proposal
    ) -> WatchEntry:
        now: datetime = self._clock.now()
        return WatchEntry(
            id=self._clock.fresh(), kind=WatchKind(kind), value=value, reason=reason, since=now,
            until=now + timedelta(days=days), by=proposal.proposed_by,
        )  # fmt: skip

    async def _normal(self, kind: WatchKind, value: str) -> tuple[str, str]:
        """The normal form to compare with, and how it is shown; raises ``NotDone``."""
        text = value.strip()
        match kind:
            case WatchKind.PLATE:
                plate = normalise_plate(text)
                if len(plate_key(plate)) < SHORTEST_KEY or len(plate) > 12:
                    raise NotDone("plate_form", text=text)
                return plate, plate
            case WatchKind.CONTAINER:
                container = parse_container(normalise_container(text))
                if container is None or not container.valid:
                    raise NotDone("container_form", text=text)
                return container.text, container.display
            case WatchKind.FIRM:
                firm = await firm_by_tax_number(self._database, text.replace(" ", "").upper())
                if firm is None:
                    raise NotDone("no_firm", text=text)
                return str(firm["id"]), f"{firm['name']} ({text})"
            case WatchKind.PERSON:
                number = "".join(c for c in text.upper() if c.isalnum())
                if not 5 <= len(number) <= 20 or not number.isascii():
                    raise NotDone("document_form", text=text)
                return number, number


def _days(text: str) -> int:
    days = int(text) if text.isdigit() and len(text) < 5 else 0
    if not 1 <= days <= LONGEST_DAYS:
        raise NotDone("days", most=LONGEST_DAYS)
    return days
