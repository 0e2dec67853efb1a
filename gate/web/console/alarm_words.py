"""Alarms for people: how urgent each kind is, what it is called, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gate.store.statistics_reads import DIRTY_LENS
from gate.web.console.sentences import tell
from gate.web.language import N_, _


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """``rank`` 1 is danger to people, 2 the barrier or the order of the lane, 3 the rest."""

    rank: int
    title: str
    todo: str


_W = AlarmWords
SECOND_OFFICER = "SECOND_OFFICER"
ALARMS: dict[str, AlarmWords] = {
    "SAFETY_LOOP_OCCUPIED": _W(
        1,
        N_("vehicle under the arm"),
        N_("look at the arm; have the vehicle drive on; nobody walks under it"),
    ),
    "TAILGATING": _W(
        1,
        N_("second vehicle drove through"),
        N_("stop the vehicle behind; note its plate; call the shift lead"),
    ),
    "BARRIER_OPEN_UNASKED": _W(
        1,
        N_("arm rose unasked"),
        N_("stop traffic at the lane; close the arm by key; call the technician"),
    ),
    "BARRIER_LOCAL_KEY": _W(2, N_("arm moved by key"), N_("ask who used the key, and note why")),
    "BARRIER_FAULT": _W(
        2,
        N_("barrier in fault"),
        N_("keep trucks away; call the technician; reset once the arm is down"),
    ),
    "BARRIER_NOT_CLOSED": _W(
        2, N_("arm does not close"), N_("stop traffic at the lane; look what is under the arm")
    ),
    "BARRIER_NOT_READY": _W(
        2,
        N_("barrier not ready"),
        N_("look at the barrier: offline, key or arm; release again once it is ready"),
    ),
    "BARRIER_NO_ANSWER": _W(
        2,
        N_("barrier does not answer"),
        N_("look whether the arm moved; release again, or open by key"),
    ),
    "BARRIER_REFUSED": _W(
        2, N_("barrier refused to open"), N_("look at the arm and the loops; release again")
    ),
    "BARRIER_OFFLINE": _W(
        2,
        N_("barrier offline"),
        N_("check power and network of the barrier; use another lane meanwhile"),
    ),
    "PASSING_TOO_LONG": _W(
        2, N_("vehicle stands in the gate"), N_("look at the gate; have the vehicle drive on")
    ),
    "FAULT_STANDS": _W(2, N_("lane still in fault"), N_("call the technician, or close the lane")),
    "DID_NOT_PASS": _W(
        2,
        N_("released, but nobody drove through"),
        N_("look where the truck is; release again, or turn it back"),
    ),
    SECOND_OFFICER: _W(
        2, N_("second officer wanted"), N_("go to the lane, or call the officer there")
    ),
    "SYSTEM_DEGRADED": _W(2, N_("no decision possible"), N_("decide by hand; tell operations")),
    "NO_PICTURE": _W(3, N_("no picture"), N_("check the cameras of the lane; decide by hand")),
    "WAITS_TOO_LONG": _W(3, N_("truck waits too long"), N_("decide, or call a second officer")),
    "DEVICE_OFFLINE": _W(3, N_("device offline"), N_("check power and network of the device")),
    "SCALE_FAULT": _W(3, N_("weighbridge in fault"), N_("weigh elsewhere; call the technician")),
    "DEVICE_TWICE": _W(
        2,
        N_("devices sent under one name"),
        N_("find the second device with this name; change its key"),
    ),
    "BROKER_RESTARTED": _W(
        3,
        N_("message broker restarted"),
        N_("look at the truck at the lane; watch for more restarts"),
    ),
    "POLICY_CHANGED": _W(
        2,
        N_("policy changed in the database"),
        N_("ask who wrote to the database; put the policy right from a backup or its file"),
    ),
    "LANE_INBOX_FULL": _W(
        2, N_("lane can't keep up"), N_("close the lane until the database answers again")
    ),
    DIRTY_LENS: _W(
        3,
        N_("camera %(camera)s reads badly"),
        N_("clean the lens; check the camera's aim and light"),
    ),
}
"""By kind; that of a camera is followed by its name."""
UNKNOWN_RANK = 2


def _listed(kind: str) -> AlarmWords | None:
    return ALARMS.get(DIRTY_LENS if kind.startswith(DIRTY_LENS) else kind)


def alarm_title(kind: str) -> str:
    """What an alarm is called in the request's language."""
    listed = _listed(kind)
    if listed is None:
        return kind.replace("_", " ").lower()
    if not kind.startswith(DIRTY_LENS):
        return _(listed.title)
    camera = kind.removeprefix(DIRTY_LENS).lower().replace("_", "-")
    return _(listed.title, camera=camera)


def alarm_todo(kind: str) -> str:
    """What to do about it."""
    listed = _listed(kind)
    return _("look at the lane; tell the shift lead") if listed is None else _(listed.todo)


def alarm_rank(kind: str) -> int:
    """How urgent it is: 1 before 2 before 3."""
    listed = _listed(kind)
    return UNKNOWN_RANK if listed is None else listed.rank


def alarm_shown(row: dict[str, Any]) -> dict[str, Any]:
    """An alarm as pages show it."""
    return {
        "id": str(row["id"]),
        "lane": row["lane_id"],
        "kind": row["kind"],
        "rank": alarm_rank(row["kind"]),
        "title": alarm_title(row["kind"]),
        "todo": alarm_todo(row["kind"]),
        "text": tell(row["text"]),
        "count": row["count"],
        "raised_at": row["raised_at"],
        "last_at": row["last_at"],
        "acked_at": row["acked_at"],
        "acked_by": row["acked_by"],
    }
