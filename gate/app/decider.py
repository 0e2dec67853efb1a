"""Answers a lane's request for a decision: gather what was seen and declared, then decide."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gate.app.clock import Clock
from gate.app.lane import LaneActor
from gate.app.metrics import Metrics
from gate.app.papers import Papers, papers_of
from gate.app.step_store import Made
from gate.core.cameras import REAR
from gate.core.clues import clues_of
from gate.core.decide import decide, with_correction
from gate.core.discretion import open_codes
from gate.core.lane import effects as fx
from gate.core.lane.events import Decided, DecisionFailed
from gate.core.lane.state import Lane
from gate.core.match import shortlist
from gate.store import captures, gate_passes, preselect, sightings, watchlists
from gate.store.errors import StoreError
from gate.store.plain import READING
from gate.store.pool import Database
from schemas.gate_pass import Verify
from schemas.plates import parse_plate
from schemas.policy import Policy
from schemas.readings import Reading, ReadingKind
from schemas.transit import DecisionInputs, Seen, SeenPass, SeenPlate

log = logging.getLogger(__name__)

MOST_ALTERNATIVES = 5
REVOKED = "revoked"
"""What is wrong with a pass in whose place another one was issued, or none."""
DOUBTS = frozenset({"future", "unset"})


class Decider:
    """Makes decisions for lanes. Database work is its own; the rules are ``gate.core``."""

    def __init__(
        self,
        database: Database,
        site: str,
        clock: Clock,
        metrics: Metrics,
        verify: Verify,
        timezone: str,
    ) -> None:
        """``timezone`` is the gate's: documents end with its calendar day."""
        self._database = database
        self._verify = verify
        self._site = site
        self._zone = ZoneInfo(timezone)
        self._clock = clock
        self._metrics = metrics
        self._tasks: set[asyncio.Task[None]] = set()
        self.policy: Policy = Policy()
        self.policy_hash = ""
        self._named: dict[str, Policy] = {}

    def use(self, policy: Policy, policy_hash: str) -> None:
        """Decide by this policy from now on."""
        self.policy, self.policy_hash = policy, policy_hash
        self._named[policy_hash] = policy

    def policy_named(self, policy_hash: str) -> Policy:
        """A policy that was in force since the start: a change must not come between the
        gathering of a decision's inputs, which name their policy, and the decision.
        """
        return self._named[policy_hash]

    def start(self, actor: LaneActor, effect: fx.Decide, lane: Lane) -> None:
        """Work on a request in the background and post the answer to its lane."""
        task = asyncio.create_task(self._answer(actor, effect, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, actor: LaneActor, effect: fx.Decide, lane: Lane) -> None:
        began = self._clock.monotonic()
        try:
            inputs = await self.gather(actor, effect.transit, effect.corrected_plate)
        except StoreError as error:
            self._metrics.database_errors.labels(code=error.code).inc()
            why = f"the declarations could not be looked up: {error}"
            actor.post(DecisionFailed(at=self._clock.now(), serial=effect.serial, why=why))
            return
        matched = self._clock.monotonic()
        decision = decide(inputs, self.policy_named(inputs.policy))
        ended = self._clock.monotonic()
        self._metrics.stage.labels(stage="match").observe(matched - began)
        self._metrics.stage.labels(stage="decide").observe(ended - matched)
        event = Decided(
            at=self._clock.now(),
            serial=effect.serial,
            decision=self._clock.fresh(),
            outcome=decision.outcome,
            codes=open_codes(decision.reasons),
        )
        made = Made(decision=decision, inputs=inputs, ms=round((ended - began) * 1000))
        actor.post(event, made)
        log.info("lane %s: %s %s", lane.id, decision.outcome, ", ".join(event.codes))

    async def _believed(self, papers: Papers) -> SeenPass | None:
        """The pass as shown; one that was revoked proves nothing any more."""
        if papers.pass_id and await gate_passes.is_revoked(self._database, papers.pass_id):
            return SeenPass(declaration="", plate="", problem=REVOKED)
        return papers.gate_pass

    async def gather(self, actor: LaneActor, transit: UUID, corrected: str) -> DecisionInputs:
        """Everything the decision depends on, as one value; raises ``StoreError``."""
        policy, named = self.policy, self.policy_hash
        rows = await captures.of_transit(self._database, transit)
        now = self._clock.now()
        seen = self._seen(actor, transit, corrected, rows)
        papers = papers_of(rows, self._verify, now)
        seen = replace(
            seen, containers=papers.containers, documents=papers.documents,
            gate_pass=await self._believed(papers),
        )  # fmt: skip
        found = await preselect.candidates(self._database, clues_of(seen), self._site, now)
        found = shortlist(with_correction(seen), found, policy, now)
        return DecisionInputs(
            seen=replace(
                seen,
                sightings=await sightings.of_plates(
                    self._database, _own_plates(seen), transit, self._site, now
                ),
                hits=await watchlists.hits(self._database, seen, found, now),
            ),
            declarations=found,
            now=now,
            policy=named,
            today=now.astimezone(self._zone).date(),
        )

    def _seen(
        self, actor: LaneActor, transit: UUID, corrected: str, rows: list[dict[str, Any]]
    ) -> Seen:
        times: list[datetime] = [min(r["received_at"], r["device_at"]) for r in rows]
        newest = max((r["received_at"] for r in rows), default=None)
        return Seen(
            transit=transit,
            lane=actor.id,
            gate=self._site,
            direction=actor.direction,
            plates=tuple(look for row in rows for look in _looks(row)),
            unread=tuple((r["id"], r["failure"] or "pending") for r in rows if not r["readings"]),
            corrected_plate=corrected,
            lane_mode=_mode(actor.state),
            freed_at=actor.state.freed_at,
            weight=actor.state.weight if actor.state.transit == transit else None,
            seals=actor.state.seals if actor.state.transit == transit else None,
            oldest_capture_at=None if corrected else min(times, default=None),
            newest_capture_at=newest,
            clock_untrusted=tuple(
                sorted({r["device"] for r in rows if r["clock_doubt"] in DOUBTS})
            ),
        )


def _mode(lane: Lane) -> str:
    if lane.closed:
        return "closed"
    return "manual" if lane.manual else ""


def _own_plates(seen: Seen) -> tuple[str, ...]:
    """The texts that may be the vehicle's own plate, for looking where else it was seen."""
    if seen.corrected_plate:
        return (seen.corrected_plate,)
    return tuple(dict.fromkeys(look.text for look in seen.plates if look.role != REAR))


def _looks(row: dict[str, Any]) -> Iterator[SeenPlate]:
    """The best plate that each engine read in a capture: two engines may disagree."""
    engines = set()
    for plain in row["readings"]:
        reading = READING.validate_python(plain)
        if reading.kind is not ReadingKind.PLATE or reading.engine in engines:
            continue
        if parse_plate(reading.text) is not None:
            engines.add(reading.engine)
            yield SeenPlate(
                capture=row["id"],
                role=row["role"],
                text=reading.text,
                confidence=reading.confidence,
                characters=_characters(reading),
                engine=reading.engine,
                country=reading.country,
            )


def _characters(reading: Reading) -> tuple[tuple[tuple[str, float], ...], ...]:
    if len(reading.posterior) == len(reading.text):
        return tuple(at[:MOST_ALTERNATIVES] for at in reading.posterior)
    return tuple(
        ((char, sure),) for char, sure in zip(reading.text, reading.confidences, strict=False)
    )
