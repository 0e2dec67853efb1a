"""The one transaction of a lane's step: state, event, and everything its effects say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.app.clock import Clock
from gate.app.register import Register
from gate.core.lane import effects as fx
from gate.core.lane.events import Event, LaneClosed, LaneManual, LaneOpened, OfficerActed
from gate.core.lane.state import Lane
from gate.store import alarms, audit, captures, commands, declarations, lanes, transits
from gate.store.commands import CommandRow
from gate.store.lanes import Lease
from gate.store.plain import DECISION, EFFECT, EVENT, INPUTS, to_plain
from gate.store.pool import Connection, Database
from schemas.declarations import DeclarationStatus, Direction
from schemas.transit import Decision, DecisionInputs, TransitEnd

MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision that was made and is stored with the step that takes it up."""

    decision: Decision
    inputs: DecisionInputs
    ms: int
    actor: str = MACHINE
    note: str = ""


class StepStore:
    """Writes steps. Everything of a step is committed together, or nothing is."""

    def __init__(self, database: Database, register: Register, clock: Clock, ttl_ms: int) -> None:
        self._database = database
        self._register = register
        self._clock = clock
        self._ttl_ms = ttl_ms

    async def commit(
        self,
        lease: Lease,
        direction: Direction,
        before: Lane,
        after: Lane,
        event: Event,
        effects: tuple[fx.Effect, ...],
        made: Made | None,
    ) -> CommandRow | None:
        """Write the step and return the barrier command that it ordered, if any.

        Raises:
            LeaseLost: another process holds the lane.
            IllegalTransitionError: the declaration was used by another truck meanwhile.
            StoreError: the database is away; nothing was written.
        """
        ignored = any(isinstance(effect, fx.Ignore) for effect in effects)
        row = None
        async with self._database.transaction() as connection:
            # In the effects' order: the truck before must end before the next one begins.
            for effect in effects:
                if isinstance(effect, fx.EndTransit):
                    await self._end(connection, effect, event)
                elif isinstance(effect, fx.StartTransit):
                    await transits.begin(connection, effect.transit, after.id, direction, event.at)
            transit = after.transit or before.transit
            decision = getattr(event, "decision", None)
            proof = ""
            if made is not None and not ignored and transit is not None and decision is not None:
                proof = _proof(decision, transit, event.at, made)
                await transits.add_decision(
                    connection, decision_id=decision, transit=transit, at=event.at,
                    actor=made.actor, decision=made.decision, inputs=made.inputs, ms=made.ms,
                    note=made.note,
                )  # fmt: skip
            await lanes.save_step(
                connection, lease, after, to_plain(EVENT, event), kind_of(event),
                [{"kind": kind_of(e), **to_plain(EFFECT, e)} for e in effects], event.at,
                transit, actor=_actor(event), decision=proof,
            )  # fmt: skip
            for effect in effects:
                row = await self._apply(connection, lease, effect, event, made) or row
        return row

    async def _apply(
        self,
        connection: Connection,
        lease: Lease,
        effect: fx.Effect,
        event: Event,
        made: Made | None,
    ) -> CommandRow | None:
        at = event.at
        match effect:
            case fx.AttachCapture():
                await captures.attach(connection, effect.capture, effect.transit)
            case fx.CallOfficer() if effect.transit is not None:
                await transits.call_officer(connection, effect.transit, effect.why, at)
            case fx.RaiseAlarm():
                await alarms.raise_alarm(
                    connection, alarm=self._clock.fresh(), lane=lease.lane, kind=effect.kind,
                    text=effect.text, transit=effect.transit, at=at,
                )  # fmt: skip
            case fx.ClearAlarm():
                await alarms.clear_alarm(connection, lease.lane, effect.kind, at)
            case fx.OpenBarrier():
                return await self._order(connection, lease, effect, event, made)
        return None

    async def _order(
        self,
        connection: Connection,
        lease: Lease,
        effect: fx.OpenBarrier,
        event: Event,
        made: Made | None,
    ) -> CommandRow | None:
        barrier = self._register.barrier(lease.lane)
        if barrier is None:
            return None
        if made is not None and made.decision.declaration is not None:
            await self._use(connection, made, effect, event)
        row = CommandRow(
            id=self._clock.fresh(), decision=effect.decision, transit=effect.transit,
            lane=lease.lane, device=barrier.id, action="open", token=lease.token,
            ttl_ms=self._ttl_ms, created_at=event.at,
        )  # fmt: skip
        await commands.add_command(connection, row)
        return row

    async def _use(
        self, connection: Connection, made: Made, effect: fx.OpenBarrier, event: Event
    ) -> None:
        """Mark the declaration as used: two trucks at two lanes can't both take it.

        The machine releases only on a cleared declaration, so any other status means that
        another truck was faster. An officer's release stands whatever the status is; the
        declaration moves only where its life has that step.
        """
        declaration = made.decision.declaration
        assert declaration is not None
        status = await declarations.status_of(connection, declaration)
        if made.actor != MACHINE and status is not DeclarationStatus.CLEARED:
            return
        if status is DeclarationStatus.RELEASED:
            raise declarations.AlreadyUsed("another truck was released on this declaration")
        await declarations.move(
            connection, declaration, DeclarationStatus.RELEASED, actor=made.actor, at=event.at,
            transit=effect.transit,
        )  # fmt: skip

    async def _end(self, connection: Connection, effect: fx.EndTransit, event: Event) -> None:
        await transits.finish(connection, effect.transit, effect.end, event.at)
        declaration = await declarations.released_by(connection, effect.transit)
        if declaration is None:
            return
        departed = effect.end is TransitEnd.DEPARTED
        to = DeclarationStatus.DEPARTED if departed else DeclarationStatus.CLEARED
        await declarations.move(
            connection, declaration, to, actor=MACHINE, at=event.at, transit=effect.transit
        )


def _actor(event: Event) -> str:
    """Who brought the event about: a person, or the machine."""
    match event:
        case OfficerActed():
            return event.officer
        case LaneOpened() | LaneClosed() | LaneManual():
            return event.by
        case _:
            return MACHINE


def _proof(decision: UUID, transit: UUID, at: datetime, made: Made) -> str:
    return audit.decision_hash(
        {
            "id": decision, "transit_id": transit, "at": at, "actor": made.actor,
            "outcome": made.decision.outcome.value, "policy_hash": made.inputs.policy,
            "inputs": to_plain(INPUTS, made.inputs), "decision": to_plain(DECISION, made.decision),
            "note": made.note,
        }
    )  # fmt: skip


def kind_of(value: object) -> str:
    """The name of an event or effect in the database: ``capture_stored``, ``open_barrier``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(value).__name__).lower()
