"""The facts of a finished transit that statistics count: made once, from what was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.core.lane.state import Phase
from gate.core.operations.stages import STAGES, Happening, durations

MACHINE = "machine"
RELEASE = "release"
PLATE_ROLES = frozenset({"front", "rear"})
"""Cameras whose plate is known afterwards; others look at whatever comes."""
_REAR_DOUBT = frozenset({"FRONT_REAR_DIFFER", "TRAILER_MISMATCH", "CLONE_SUSPECTED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One stored decision: who made it, what it says, and its codes as everybody may see them."""

    actor: str
    outcome: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLook:
    """The surest reading that one camera gave of the transit; ``text`` is empty for none."""

    device: str
    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The declaration that the transit was matched with; ``trailer`` may be empty."""

    tractor: str
    trailer: str
    filed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A transit that is over, with everything that was kept of it."""

    id: UUID
    lane: str
    direction: str
    began_at: datetime
    ended_at: datetime
    ended: str
    happenings: tuple[Happening, ...] = ()
    decisions: tuple[Decided, ...] = ()
    looks: tuple[CameraLook, ...] = ()
    declared: Declared | None = None
    barrier_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitFacts:
    """What is counted of one transit.

    ``outcome`` is what the machine said first, empty where it was not asked. ``codes`` are
    the reasons for which it did not release. ``officers`` acted on the truck, ``decided_by``
    let it pass, ``overridden`` tells that the machine had said no. ``lead_s`` is how long
    before the arrival the declaration was filed. A camera's device is in one of the three
    ``read_`` lists, or in none where nobody knows what it should have read.
    """

    id: UUID
    lane: str
    direction: str
    began_at: datetime
    ended_at: datetime
    ended: str
    outcome: str
    codes: tuple[str, ...]
    officers: tuple[str, ...]
    decided_by: str
    overridden: bool
    stages_ms: tuple[int, ...]
    """In the order of ``STAGES``."""
    barrier_ms: int | None
    lead_s: int | None
    read_exact: tuple[str, ...]
    read_wrong: tuple[str, ...]
    read_unread: tuple[str, ...]


def facts_of(transit: Ended) -> TransitFacts:
    """Count one transit."""
    by_machine = [d for d in transit.decisions if d.actor == MACHINE]
    refusals = [code for d in by_machine if d.outcome != RELEASE for code in d.codes]
    releases = [d for d in transit.decisions if d.actor != MACHINE and d.outcome == RELEASE]
    said_no = bool(by_machine) and by_machine[-1].outcome != RELEASE
    spent = durations(transit.happenings, str(transit.id), transit.ended_at)
    exact, wrong, unread = _reads(transit, frozenset(refusals))
    declared = transit.declared
    return TransitFacts(
        id=transit.id, lane=transit.lane, direction=transit.direction,
        began_at=transit.began_at, ended_at=transit.ended_at, ended=transit.ended,
        outcome=by_machine[0].outcome if by_machine else "",
        codes=tuple(dict.fromkeys(refusals)), officers=_officers(transit.happenings),
        decided_by=releases[-1].actor if releases else "",
        overridden=bool(releases) and said_no,
        stages_ms=tuple(round(spent[stage].total_seconds() * 1000) for stage in STAGES),
        barrier_ms=transit.barrier_ms,
        lead_s=None if declared is None else _seconds(transit.began_at, declared.filed_at),
        read_exact=exact, read_wrong=wrong, read_unread=unread,
    )  # fmt: skip


def cycle_ms(stages_ms: Sequence[int]) -> int:
    """The barrier's whole cycle: from the open command to the arm that is down again."""
    moving = (Phase.RELEASING, Phase.PASSING, Phase.CLEARING)
    return sum(stages_ms[STAGES.index(stage)] for stage in moving)


def _seconds(later: datetime, earlier: datetime) -> int:
    return round((later - earlier).total_seconds())


def _acts(happenings: Sequence[Happening]) -> list[Mapping[str, Any]]:
    return [
        h.data
        for h in happenings
        if h.kind == "officer_acted" and not any(e["kind"] == "ignore" for e in h.effects)
    ]


def _officers(happenings: Sequence[Happening]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(act["officer"]) for act in _acts(happenings)))


def _reads(
    transit: Ended, codes: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Devices that read exactly, wrongly, not at all; unknown truth is not counted."""
    exact, wrong, unread = [], [], []
    for look in transit.looks:
        truth = _truth(transit, look.role, codes)
        if not truth:
            continue
        if not look.text:
            unread.append(look.device)
        elif look.text == truth:
            exact.append(look.device)
        else:
            wrong.append(look.device)
    return tuple(exact), tuple(wrong), tuple(unread)


def _truth(transit: Ended, role: str, codes: frozenset[str]) -> str:
    """The plate that was finally recorded at the camera's place; empty where nobody knows it.

    An officer's typed plate counts first. Else the declaration that a departed truck was
    matched with: had it been another truck's, nobody would have let it pass. A rear plate
    that contradicts the declaration proves nothing about the camera.
    """
    if role not in PLATE_ROLES:
        return ""
    typed = [str(a["plate"]) for a in _acts(transit.happenings) if a["action"] == "correct_plate"]
    if role == "front" and typed:
        return typed[-1]
    declared = transit.declared
    if declared is None or transit.ended != "departed":
        return ""
    if codes & _REAR_DOUBT:
        return ""
    return declared.trailer or declared.tractor if role == "rear" else declared.tractor
