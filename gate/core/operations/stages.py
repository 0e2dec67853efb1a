"""How long a transit stood in each stage, told from the events that were kept of it.

The phase itself is not stored with an event; what is stored, the event and its effects,
determines it. A property test compares this account with the lane machine's own phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gate.core.lane.state import Phase

STAGES = (
    Phase.ARRIVING,
    Phase.READING,
    Phase.DECIDING,
    Phase.WITH_OFFICER,
    Phase.RELEASING,
    Phase.PASSING,
    Phase.CLEARING,
    Phase.FAULT,
)
"""The phases that a transit can be in, in their usual order."""

_MOVING = frozenset({Phase.RELEASING, Phase.PASSING, Phase.CLEARING})
_FAULTS = frozenset({"PASSING_TOO_LONG", "BARRIER_NOT_CLOSED", "BARRIER_FAULT"})
_UP = frozenset({"opening", "open"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One stored event of a lane: its kind (``capture_stored``), data, and its effects.

    Each effect is a mapping with ``kind``; an alarm's own code stands in place of its kind.
    """

    at: datetime
    kind: str
    data: Mapping[str, Any]
    effects: tuple[Mapping[str, Any], ...]


def follow(stage: Phase | None, happening: Happening, transit: str) -> Phase | None:
    """The stage after an event; None before the transit begins."""
    kinds = {effect["kind"] for effect in happening.effects}
    if any(e["kind"] == "start_transit" and e.get("transit") == transit for e in happening.effects):
        if "call_officer" in kinds:
            return Phase.WITH_OFFICER
        return Phase.READING if "attach_capture" in kinds else Phase.ARRIVING
    if stage is None or "ignore" in kinds:
        return stage
    if "call_officer" in kinds:
        raised = {e["kind"] for e in happening.effects if "text" in e}
        broken = stage in _MOVING and bool(raised & _FAULTS)
        return Phase.FAULT if broken else Phase.WITH_OFFICER
    if "open_barrier" in kinds:
        return Phase.RELEASING
    if "decide" in kinds:
        return Phase.DECIDING
    return _moved(stage, happening, kinds)


def _moved(stage: Phase, happening: Happening, kinds: set[str]) -> Phase:
    if happening.kind == "capture_stored":
        first = stage is Phase.ARRIVING and "attach_capture" in kinds
        return Phase.READING if first else stage
    if happening.kind == "command_answered":
        return Phase.PASSING if stage is Phase.RELEASING else stage
    if happening.kind == "barrier_reported":
        arm = str(happening.data.get("arm", ""))
        if arm in _UP and (stage in _MOVING or stage is Phase.WITH_OFFICER):
            return Phase.PASSING
        if arm == "closing" and stage is Phase.PASSING:
            return Phase.CLEARING
    return stage


def durations(
    happenings: Iterable[Happening], transit: str, ended_at: datetime
) -> dict[Phase, timedelta]:
    """The time spent in each stage until the transit ended; stages never entered are zero.

    ``happenings`` are the transit's events in order. Their sum is the dwell time.
    """
    spent = dict.fromkeys(STAGES, timedelta())
    stage: Phase | None = None
    since = ended_at
    for happening in happenings:
        after = follow(stage, happening, transit)
        if after is stage:
            continue
        at = min(max(happening.at, since), ended_at) if stage is not None else happening.at
        if stage is not None:
            spent[stage] += at - since
        stage, since = after, min(at, ended_at)
    if stage is not None:
        spent[stage] += ended_at - since
    return spent
