"""Everything that is known of a lane now, as one value; made once for all who watch the lane.

It is the same for every role and language; ``views`` makes of it what one reader sees.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from gate.app.runtime import Service
from gate.core.lane.state import Lane
from gate.store import (
    alarms,
    captures,
    declarations,
    devices,
    history,
    inspections,
    lane_watch,
    lanes,
    transits,
)
from gate.web.console.papers_shown import documents_of
from schemas.declarations import Declaration
from schemas.plates import written_plate

RECENT = 8
FORMER = 6
FORMER_S = 5.0
"""Former transits at other lanes are looked up at most this often."""
MOST_READINGS = 3


class Snapshots:
    """The newest snapshot a lane; many consoles ask, the database is asked once a change."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._locks: dict[str, asyncio.Lock] = {}
        self._made: dict[str, tuple[int, dict[str, Any]]] = {}
        self._versions: dict[str, int] = {}
        self._kept: dict[tuple[str, str], tuple[object, Any]] = {}

    def changed(self, lane: str) -> None:
        """The lane's snapshot is out of date."""
        self._versions[lane] = self._versions.get(lane, 0) + 1

    async def get(self, lane: str) -> dict[str, Any]:
        """The lane's newest snapshot, with its ``version``; raises ``StoreError``."""
        lock = self._locks.setdefault(lane, asyncio.Lock())
        async with lock:
            version = self._versions.get(lane, 0)
            made = self._made.get(lane)
            if made is not None and made[0] == version:
                return made[1]
            snapshot = {"version": version, **await self._make(lane)}
            self._made[lane] = (version, snapshot)
            return snapshot

    async def _keep(
        self, lane: str, what: str, key: object, ask: Callable[[], Awaitable[Any]]
    ) -> Any:
        """What stays the same as long as ``key`` does is not asked for again."""
        kept = self._kept.get((lane, what))
        if kept is None or kept[0] != key:
            kept = self._kept[lane, what] = (key, await ask())
        return kept[1]

    async def _make(self, lane: str) -> dict[str, Any]:
        database = self._service.database
        state = await lanes.load_state(database, lane)
        row = self._service.register.lanes[lane]
        transit = state.transit if state is not None else None
        watch = (await lane_watch.newest(database)).get(lane)
        return {
            "lane": {
                "id": lane,
                "name": row.name,
                "direction": row.direction.value,
                **_phase(state),
                "officer": watch.holder if watch else "",
                "officer_name": watch.full_name if watch and watch.holder else "",
                "officer_since": watch.at if watch and watch.holder else None,
            },
            "barrier": _barrier(state),
            "devices": [
                {"id": d.id, "kind": d.kind, "online": d.online, "clock": d.clock_trust}
                for d in await devices.of_lane(database, lane)
            ],
            **await self._transit(lane, transit),
            "recent": await self._keep(
                lane, "recent", transit, lambda: transits.recent(database, lane, RECENT)
            ),
            "alarms": await alarms.standing(database, lane),
            "open_tasks": (await inspections.counts(database)).get(lane, 0),
        }

    async def _transit(self, lane: str, transit: UUID | None) -> dict[str, Any]:
        nothing: dict[str, Any] = dict.fromkeys(
            ("transit", "captures", "documents", "decision", "declared", "seen", "history")
        )
        database = self._service.database
        row = None if transit is None else await transits.one(database, transit)
        if transit is None or row is None:
            return nothing
        # A decision never changes, and the transit names its newest.
        made = await self._keep(
            lane, "decision", (transit, row["decision_id"]), lambda: self._decision(transit)
        )
        former = (transit, row["plate"], self._service.clock.monotonic() // FORMER_S)
        pictures = await captures.of_transit(database, transit)
        declared = None
        if row["declaration_id"] is not None:
            declared = await declarations.by_id(database, row["declaration_id"])
        return {
            "transit": {**row, "display": written_plate(row["plate"])},
            "captures": [_capture(c) for c in pictures],
            "documents": documents_of(pictures, self._service.clock.now().date()),
            "decision": made[0],
            "declared": None if declared is None else _declared(declared),
            "seen": made[1],
            "history": await self._keep(
                lane,
                "history",
                former,
                lambda: history.of_plate(database, row["plate"], transit, FORMER),
            ),
        }

    async def _decision(self, transit: UUID) -> tuple[dict[str, Any] | None, Any]:
        """The transit's newest decision and what it depended on."""
        made = await transits.decisions_of(self._service.database, transit)
        if not made:
            return None, None
        return made[-1], await history.inputs_of(self._service.database, made[-1]["id"])


def _phase(state: Lane | None) -> dict[str, Any]:
    if state is None:
        return {"phase": "idle", "since": None, "closed": False, "manual": False, "held_by": "",
                "next_waiting": False}  # fmt: skip
    return {
        "phase": state.phase.value,
        "since": state.since,
        "closed": state.closed,
        "manual": state.manual,
        "held_by": state.held_by,
        "next_waiting": state.next_waiting,
    }


def _barrier(state: Lane | None) -> dict[str, Any]:
    if state is None:
        return {"arm": "unknown", "online": False}
    barrier = state.barrier
    return {
        "arm": barrier.arm.value,
        "online": barrier.online,
        "safety": barrier.loop_safety,
        "exit": barrier.loop_exit,
        "local": barrier.local_control,
        "entry": state.loop_entry,
    }


def _capture(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "role", "device", "sha256", "width", "height", "status", "failure")
    return {
        **{key: row[key] for key in (*kept, "received_at", "clock_doubt")},
        "readings": [_reading(r) for r in row["readings"][:MOST_READINGS]],
    }


def _reading(plain: dict[str, Any]) -> dict[str, Any]:
    kept = ("kind", "text", "confidence", "confidences", "box", "engine", "country")
    return {**{key: plain[key] for key in kept}, "display": written_plate(plain["text"])}


def _declared(declaration: Declaration) -> dict[str, Any]:
    said = declaration.clearances
    return {
        "number": declaration.number,
        "firm": declaration.firm,
        "status": declaration.status.value,
        "tractor": declaration.tractor_plate,
        "trailer": declaration.trailer_plate,
        "containers": list(declaration.containers),
        "seals": list(declaration.seals),
        "driver": declaration.driver,
        "driver_document": declaration.driver_document,
        "cargo": declaration.cargo,
        "gross_kg": declaration.gross_kg,
        "un_number": declaration.un_number,
        "window_from": declaration.window_from,
        "window_to": declaration.window_to,
        "direction": declaration.direction.value,
        "clearances": {
            "customs": said.customs.value,
            "border_guard": said.border_guard.value,
            "quarantine": said.quarantine.value,
            "fee": said.fee.value,
        },
    }
