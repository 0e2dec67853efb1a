"""What an officer does at a lane: checked against role and reasons, then stored and carried out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from gate.app.clock import Clock
from gate.app.decider import Decider
from gate.app.lane import LaneActor
from gate.app.refusals import ActRefused, Refusal
from gate.app.step_store import Made
from gate.core.decide import decide, officer_release
from gate.core.discretion import shown_to
from gate.core.lane import effects as fx
from gate.core.lane.events import (
    Event,
    LaneClosed,
    LaneManual,
    LaneOpened,
    OfficerActed,
    OfficerAction,
)
from gate.store import transits
from gate.store.pool import Database
from schemas.plates import normalise_plate, parse_plate
from schemas.transit import Authority, Decision, DecisionInputs, Outcome, Reason

log = logging.getLogger(__name__)

__all__ = ["RANK", "REASONS", "Act", "ActRefused", "Officers", "Person", "note_of"]

LEAST_REASON = 3
RANK = {"officer": 0, "shift_lead": 1, "supervisor": 2}
"""Roles that act at lanes, by what they may override; others only look."""


REASONS: dict[str, str] = {
    "plate_compared": "plate compared with the picture by eye",
    "papers_checked": "papers checked at the booth",
    "truck_inspected": "truck looked at on the spot",
    "instruction": "instruction of the shift lead",
    "authority": "word of the responsible authority",
    "inspection": "vehicle must be inspected",
    "machine": "machine or lighting problem",
    "driver_asked": "at the driver's own wish",
    "other": "another reason",
}
"""What officers choose from when they say why; kept in English with the act."""


class LaneMode(StrEnum):
    """How a lane is worked: by the machine, by hand (nothing opens without an officer), not."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who acts. ``lanes`` empty means all lanes.

    ``counts``: may be one of two persons (``gate.core.own_person``).
    """

    name: str
    role: str
    lanes: tuple[str, ...] = ()
    counts: bool = True

    def may_see(self, lane: str) -> bool:
        """Whether the lane is one of this person's."""
        return not self.lanes or lane in self.lanes


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act as asked for. ``second`` is the other person of a four-eyes act, signed in."""

    action: OfficerAction
    transit: UUID
    note: str = ""
    plate: str = ""
    second: Person | None = None


class Officers:
    """Carries out officers' acts on lanes."""

    def __init__(
        self,
        database: Database,
        decider: Decider,
        clock: Clock,
        lane: Callable[[str], LaneActor | None],
    ) -> None:
        self._database = database
        self._decider = decider
        self._clock = clock
        self._lane = lane

    async def act(self, lane: str, person: Person, act: Act) -> None:
        """Do it, or raise ``ActRefused`` with the reason in words. Waits for the commit."""
        actor = self._actor(lane, person)
        _check_words(act)
        event, made = await self._event(actor, person, act)
        effects = await actor.ask(event, made)
        ignored = [e.because for e in effects if isinstance(e, fx.Ignore)]
        if ignored:
            raise ActRefused(ignored[0])
        log.info("lane %s: %s by %s", lane, act.action, person.name)

    async def set_lane_mode(self, lane: str, person: Person, mode: LaneMode, reason: str) -> None:
        """Work the lane by machine or by hand, or close it; the truck at hand is finished first.

        Each step is stored with its person and reason and is an entry of the lane's audit chain.
        Raises ``ActRefused`` with the reason in words. Waits for the commit.
        """
        actor = self._actor(lane, person)
        why = reason.strip()
        if len(why) < LEAST_REASON:
            raise ActRefused(Refusal.SAY_WHY)
        for event in self._towards(mode, actor, person.name, why):
            effects = await actor.ask(event)
            ignored = [e.because for e in effects if isinstance(e, fx.Ignore)]
            if ignored:
                raise ActRefused(ignored[0])
        log.info("lane %s: %s by %s", lane, mode, person.name)

    def _towards(self, mode: LaneMode, actor: LaneActor, by: str, reason: str) -> tuple[Event, ...]:
        """The stricter step first, so that nothing opens in between."""
        at, state = self._clock.now(), actor.state
        if mode is LaneMode.CLOSED:
            return (LaneClosed(at=at, by=by, reason=reason),)
        hand = LaneManual(at=at, by=by, on=mode is LaneMode.MANUAL, reason=reason)
        if state.closed:
            return (hand, LaneOpened(at=at, by=by, reason=reason))
        return (hand,)

    def _actor(self, lane: str, person: Person) -> LaneActor:
        if person.role not in RANK:
            raise ActRefused(Refusal.ROLE, role=person.role)
        actor = self._lane(lane)
        if actor is None or not person.may_see(lane):
            raise ActRefused(Refusal.NOT_YOURS)
        return actor

    async def _event(
        self, actor: LaneActor, person: Person, act: Act
    ) -> tuple[OfficerActed, Made | None]:
        note = act.note.strip()
        if act.second is not None:
            note = f"{note} (second person: {act.second.name})"
        event = OfficerActed(
            at=self._clock.now(), officer=person.name, action=act.action, transit=act.transit,
            plate=normalise_plate(act.plate) if act.plate else "", note=note,
        )  # fmt: skip
        if act.action is not OfficerAction.RELEASE:
            return event, None
        made = await self._release(actor, person, act, note)
        stored = OfficerActed(
            at=event.at, officer=event.officer, action=event.action, transit=event.transit,
            decision=self._clock.fresh(), note=note,
        )  # fmt: skip
        return stored, made

    async def _release(self, actor: LaneActor, person: Person, act: Act, note: str) -> Made:
        """The officer's decision over what the machine says of the truck as it is now."""
        found = await transits.latest_decision(self._database, act.transit)
        inputs = await self._inputs(actor, act.transit, found)
        machine = decide(inputs, self._decider.policy_named(inputs.policy))
        if machine.outcome is not Outcome.RELEASE:
            _check_override(machine.reasons, person, act.second)
        decision = officer_release(machine, note, person.name)
        return Made(decision=decision, inputs=inputs, ms=0, actor=person.name, note=note)

    async def _inputs(
        self,
        actor: LaneActor,
        transit: UUID,
        found: tuple[UUID, Decision, DecisionInputs] | None,
    ) -> DecisionInputs:
        corrected = found[2].seen.corrected_plate if found else ""
        return await self._decider.gather(actor, transit, corrected)


def _check_words(act: Act) -> None:
    if act.action is OfficerAction.CORRECT_PLATE:
        if parse_plate(act.plate) is None:
            raise ActRefused(Refusal.NO_PLATE, plate=repr(act.plate))
        return
    if act.action is not OfficerAction.RESET and len(act.note.strip()) < LEAST_REASON:
        raise ActRefused(Refusal.SAY_WHY)


def _check_override(reasons: tuple[Reason, ...], person: Person, second: Person | None) -> None:
    """May this person let the truck pass although the rules say no?

    Judged by what the person may see: a refusal must not tell what is restricted.
    """
    for reason in shown_to(person.role, reasons):
        if reason.override is Authority.NONE:
            if not reason.way:
                raise ActRefused(Refusal.STANDS_FAST, code=reason.code)
            raise ActRefused(Refusal.STANDS, code=reason.code, way=reason.way)
        if RANK[person.role] < RANK[reason.override.value]:
            who = reason.override.value.replace("_", " ")
            raise ActRefused(Refusal.NEEDS, code=reason.code, who=who, way=reason.way)
    if any(reason.second for reason in reasons):
        if second is None:
            raise ActRefused(Refusal.SECOND)
        if second.name == person.name or second.role not in RANK:
            raise ActRefused(Refusal.SAME_PERSON)
        for one in (person, second):
            if not one.counts:
                raise ActRefused(Refusal.UNCONFIRMED, name=one.name)


def note_of(action: OfficerAction, reason: str, words: str) -> str:
    """The note kept with an act: the listed reason in English, then the officer's own words.

    A release needs both; raises ``ActRefused``.
    """
    listed, own = REASONS.get(reason, ""), words.strip()
    if action is OfficerAction.RELEASE and (not listed or len(own) < LEAST_REASON):
        raise ActRefused(Refusal.OVERRIDE_WORDS)
    return ": ".join(part for part in (listed, own) if part)
