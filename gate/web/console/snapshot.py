"""Everything that a lane console shows, as one value; made once for all who watch the lane."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.app.runtime import Service
from gate.core.lane.state import Lane
from gate.store import alarms, captures, commands, declarations, devices, lanes, transits
from schemas.declarations import Declaration
from schemas.plates import parse_plate

RECENT = 8
MOST_READINGS = 3


class Snapshots:
    """The newest snapshot a lane; many consoles ask, the database is asked once a change."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._locks: dict[str, asyncio.Lock] = {}
        self._made: dict[str, tuple[int, dict[str, Any]]] = {}
        self._versions: dict[str, int] = {}

    def changed(self, lane: str) -> None:
        """The lane's snapshot is out of date."""
        self._versions[lane] = self._versions.get(lane, 0) + 1

    async def get(self, lane: str) -> dict[str, Any]:
        """The lane's newest snapshot; raises ``StoreError``."""
        lock = self._locks.setdefault(lane, asyncio.Lock())
        async with lock:
            version = self._versions.get(lane, 0)
            made = self._made.get(lane)
            if made is not None and made[0] == version:
                return made[1]
            snapshot = await self._make(lane)
            self._made[lane] = (version, snapshot)
            return snapshot

    async def _make(self, lane: str) -> dict[str, Any]:
        database = self._service.database
        state = await lanes.load_state(database, lane)
        row = self._service.register.lanes[lane]
        transit = state.transit if state is not None else None
        return {
            "lane": {
                "id": lane,
                "name": row.name,
                "direction": row.direction.value,
                **_phase(state),
            },
            "barrier": _barrier(state),
            "devices": [
                {"id": d.id, "kind": d.kind, "online": d.online, "clock": d.clock_trust}
                for d in await devices.of_lane(database, lane)
            ],
            "transit": None if transit is None else await self._transit(transit),
            "recent": [_plain(r) for r in await transits.recent(database, lane, RECENT)],
            "alarms": [_plain(a) for a in await alarms.standing(database, lane)],
        }

    async def _transit(self, transit: UUID) -> dict[str, Any] | None:
        database = self._service.database
        row = await transits.one(database, transit)
        if row is None:
            return None
        decisions = await transits.decisions_of(database, transit)
        declared = None
        if row["declaration_id"] is not None:
            declared = await declarations.by_id(database, row["declaration_id"])
        return {
            **_plain(row),
            "display": display(row["plate"]),
            "captures": [_capture(c) for c in await captures.of_transit(database, transit)],
            "decision": _plain(decisions[-1]) if decisions else None,
            "declared": None if declared is None else _declared(declared),
            "commands": [_plain(c) for c in await commands.of_transit(database, transit)],
        }


def display(plate: str) -> str:
    """A plate as people write it; a text that is no plate stays as it is."""
    parsed = parse_plate(plate) if plate else None
    return plate if parsed is None else parsed.display


def _phase(state: Lane | None) -> dict[str, Any]:
    if state is None:
        return {"phase": "idle", "since": None, "closed": False, "held_by": ""}
    return {
        "phase": state.phase.value,
        "since": _plain(state.since),
        "closed": state.closed,
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
        **{key: _plain(row[key]) for key in (*kept, "failure_text", "received_at", "clock_doubt")},
        "readings": [_reading(r) for r in row["readings"][:MOST_READINGS]],
    }


def _reading(plain: dict[str, Any]) -> dict[str, Any]:
    kept = ("kind", "text", "confidence", "confidences", "box", "engine", "layout", "ms", "country")
    return {**{key: plain[key] for key in kept}, "display": display(plain["text"])}


def _declared(declaration: Declaration) -> dict[str, Any]:
    said = declaration.clearances
    return {
        "number": declaration.number,
        "firm": declaration.firm,
        "status": declaration.status.value,
        "tractor": declaration.tractor_plate,
        "tractor_display": display(declaration.tractor_plate),
        "trailer": declaration.trailer_plate,
        "trailer_display": display(declaration.trailer_plate),
        "containers": list(declaration.containers),
        "seals": list(declaration.seals),
        "driver": declaration.driver,
        "cargo": declaration.cargo,
        "gross_kg": declaration.gross_kg,
        "window_from": declaration.window_from.isoformat(),
        "window_to": declaration.window_to.isoformat(),
        "direction": declaration.direction.value,
        "clearances": {
            "customs": said.customs.value,
            "border_guard": said.border_guard.value,
            "quarantine": said.quarantine.value,
            "fee": said.fee.value,
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value
