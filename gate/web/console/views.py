"""What one reader sees of a lane: by role and language, as ready bytes, part by part.

Made once for all readers of the same kind, however many there are; a stream sends a reader only
the parts that differ from what it was sent before.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.app.inspections import suggested
from gate.web.console.alarm_words import alarm_shown
from gate.web.console.discretion import codes_for, reasons_for, sees_all
from gate.web.console.reason_titles import reason_title
from gate.web.console.reason_words import reason_shown
from gate.web.console.sentences import knows, note_words, tell
from gate.web.console.snapshot import Snapshots
from gate.web.language import language
from schemas.plates import written_plate

Parts = dict[str, bytes]
_SAME = ("lane", "barrier", "devices", "captures", "documents", "declared", "seen")
"""Parts that are the same for everybody."""


class Views:
    """The parts of lanes and of the board, cached for each kind of reader."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._lanes: dict[tuple[str, bool, str], tuple[int, Parts]] = {}
        self._boards: dict[tuple[tuple[str, ...], str], tuple[tuple[int, ...], Parts]] = {}

    async def lane(self, lane: str, role: str) -> Parts:
        """The parts of one lane's console, in the request's language; raises ``StoreError``."""
        snapshot = await self._snapshots.get(lane)
        key = (lane, sees_all(role), language())
        made = self._lanes.get(key)
        if made is None or made[0] != snapshot["version"]:
            made = self._lanes[key] = (snapshot["version"], lane_parts(snapshot, role))
        return made[1]

    async def board(self, lanes: tuple[str, ...]) -> Parts:
        """Trucks, alarms and tasks of all the reader's lanes; raises ``StoreError``."""
        found = [await self._snapshots.get(lane) for lane in lanes]
        versions = tuple(snapshot["version"] for snapshot in found)
        key = (lanes, language())
        made = self._boards.get(key)
        if made is None or made[0] != versions:
            made = self._boards[key] = (versions, board_parts(found))
        return made[1]


def lane_parts(snapshot: dict[str, Any], role: str) -> Parts:
    """Each part of a lane's snapshot as JSON."""
    parts: dict[str, Any] = {name: snapshot[name] for name in _SAME}
    parts["transit"] = _transit(snapshot["transit"])
    parts["decision"] = decision_shown(role, snapshot["decision"], snapshot["seen"])
    parts["history"] = [
        {**_former(row), "codes": _codes(role, row["codes"], row["all_codes"])}
        for row in snapshot["history"] or ()
    ]
    parts["recent"] = [
        {
            **_former(row),
            "codes": _codes(role, row["codes"], ()),
            "plate": written_plate(row["plate"]),
        }
        for row in snapshot["recent"]
    ]
    made = {name: to_json(value) for name, value in parts.items()}
    made["version"] = to_json(snapshot["version"])
    return made


def board_parts(snapshots: list[dict[str, Any]]) -> Parts:
    """The trucks at the lanes, alarms worst first, and how many tasks are open."""
    queue = [_queued(snapshot) for snapshot in snapshots]
    rows = [alarm_shown(row) for snapshot in snapshots for row in snapshot["alarms"]]
    rows.sort(key=lambda a: (a["acked_at"] is not None, a["rank"], a["raised_at"], a["id"]))
    tasks = sum(snapshot["open_tasks"] for snapshot in snapshots)
    return {"queue": to_json(queue), "alarms": to_json(rows), "tasks": to_json(tasks)}


def decision_shown(
    role: str, row: dict[str, Any] | None, seen: dict[str, Any] | None
) -> dict[str, Any] | None:
    """A stored decision as the role may see it, in the request's language."""
    if row is None:
        return None
    reasons = reasons_for(role, row["decision"])
    match = row["decision"]["match"]
    declared = (seen or {}).get("declared") or {}
    return {
        "id": row["id"],
        "at": row["at"],
        "actor": row["actor"],
        "outcome": row["outcome"],
        "note": note_words(row["note"]),
        "ms": row["ms"],
        "reasons": [reason_shown(reason) for reason in reasons],
        "suggested": suggested(reason["code"] for reason in reasons),
        "none": match["none"],
        "candidates": [
            {
                "number": c["number"],
                "probability": c["probability"],
                "evidence": [tell(text) for text in c["evidence"]],
                "weights": c["weights"],
                **declared.get(c["number"], {}),
            }
            for c in match["candidates"][:3]
        ],
    }


def to_json(value: Any) -> bytes:
    """Compact JSON of plain values, ids and times."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), default=_plain
    ).encode()  # fmt: skip


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not for a page")


def _transit(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    kept = ("id", "began_at", "plate", "display", "outcome", "by_officer", "called_at")
    return {**{key: row[key] for key in kept}, "called_why": _why(row["called_why"])}


def _why(text: str) -> str:
    """Why the officer was called; a bare list of codes is told by the reasons already."""
    outcome, colon, codes = text.partition(": ")
    if colon and outcome in ("hold", "refer", "deny") and codes.replace(", ", "").isupper():
        return ""
    return tell(text) if knows(text) else text


def _former(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "lane_id", "began_at", "ended_at", "ended", "outcome", "by_officer")
    return {key: row[key] for key in kept if key in row}


def _codes(role: str, codes: list[str] | None, all_codes: Any) -> list[list[str]]:
    shown = codes_for(role, codes, all_codes)
    return [[code, reason_title(code)] for code in shown if code != "OK_ALL"]


def _queued(snapshot: dict[str, Any]) -> dict[str, Any]:
    lane, transit = snapshot["lane"], snapshot["transit"]
    barrier = snapshot["barrier"]
    return {
        "lane": lane["id"],
        "name": lane["name"],
        "direction": lane["direction"],
        "phase": lane["phase"],
        "since": lane["since"],
        "closed": lane["closed"],
        "manual": lane["manual"],
        "held_by": lane["held_by"],
        "officer": lane["officer"],
        "next_waiting": lane["next_waiting"],
        "arm": barrier["arm"] if barrier["online"] else "offline",
        "offline": sum(not device["online"] for device in snapshot["devices"]),
        "transit": transit["id"] if transit else None,
        "plate": transit["display"] if transit else "",
        "outcome": transit["outcome"] if transit else None,
        "began_at": transit["began_at"] if transit else None,
        "called_at": transit["called_at"] if transit else None,
    }
