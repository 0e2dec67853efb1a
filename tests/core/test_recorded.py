"""Decisions and lane histories on record: a change of any rule, figure or word shows here.

Where a change is meant: ``python -m tests.core.test_recorded`` writes the record anew, its
difference is read like any other change, and ``gate.core.decide.EDITION`` grows if the same
inputs decide otherwise.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from gate.core.audit import digest
from gate.core.decide import decide, officer_release
from gate.core.lane import events as ev
from gate.core.lane import step
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Arm, Lane, Phase
from gate.core.lane.table import EVENTS
from schemas.policy import Policy
from schemas.transit import Outcome
from tests.core.builders import NOW
from tests.core.scenes import scenes

RECORD = Path(__file__).parent / "recorded"
POLICY = Policy()
WALKS, STEPS = 60, 120


def plain(value: Any) -> Any:
    """A core value as JSON values."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value.int)
    return value.value if isinstance(value, Enum) else value


RELEASED = "released by an officer"
NAMES = (*scenes(), RELEASED)


def decision(name: str) -> Any:
    """One scene's decision, as plain values."""
    if name == RELEASED:
        case, policy = scenes()["stranger"]
        return plain(asdict(officer_release(decide(case, policy), "papers checked", "ha")))
    case, policy = scenes()[name]
    return plain(asdict(decide(case, policy)))


def walk(seed: int) -> list[list[str]]:
    """A random history of a lane: for each step the phase and what the step said."""
    rng, now, lane = Random(f"walk {seed}"), NOW, Lane(id="lane-1", since=NOW)
    told = []
    for n in range(STEPS):
        now += timedelta(milliseconds=rng.choice((20, 300, 2_000, 3_500, 9_000, 70_000)))
        event = _event(rng, lane, now, 10_000 + n)
        lane, effects = step(lane, event, POLICY, UUID(int=n + 1))
        said = [
            f"{type(e).__name__} {json.dumps(plain(asdict(e)), sort_keys=True)}" for e in effects
        ]
        told.append(
            [type(event).__name__, lane.phase.value, *said, digest(plain(asdict(lane)))[:12]]
        )
    return told


def _event(rng: Random, lane: Lane, at: datetime, n: int) -> Any:
    """A likely event: mostly one that takes the truck further."""
    looks = [k.capture for k in (*lane.looks, *lane.next_looks) if not k.done] or [UUID(int=5)]
    decision = lane.decision or UUID(int=6)
    yes = rng.random() < 0.7
    arms = (Arm.CLOSED, Arm.OPENING, Arm.OPEN, Arm.CLOSING, Arm.CLOSED, Arm.UNKNOWN, Arm.FAULT)
    made = {
        ev.LoopEntry: lambda: ev.LoopEntry(at=at, occupied=yes),
        ev.CaptureStored: lambda: ev.CaptureStored(
            at=at, capture=UUID(int=n), role=rng.choice(("front", "rear"))),
        ev.CaptureRead: lambda: ev.CaptureRead(
            at=at, capture=rng.choice(looks), text="14C12345" if yes else "", confidence=0.9,
            failure="" if yes else "no_plate"),
        ev.Decided: lambda: ev.Decided(
            at=at, serial=lane.serial - (rng.random() < 0.1), decision=UUID(int=n),
            outcome=Outcome.RELEASE if yes else rng.choice(list(Outcome)), codes=("X",)),
        ev.DecisionFailed: lambda: ev.DecisionFailed(
            at=at, serial=lane.serial - (not yes), why="database away"),
        ev.OfficerActed: lambda: ev.OfficerActed(
            at=at, officer="ha", action=rng.choice(list(OfficerAction)),
            transit=(lane.transit if yes else None) or UUID(int=4),
            decision=UUID(int=n) if rng.random() < 0.8 else None, plate="14C12345"),
        ev.CommandAnswered: lambda: ev.CommandAnswered(
            at=at, decision=decision if yes else UUID(int=3),
            result=rng.choice(("accepted", "done", "refused")), reason=rng.choice(("", "expired"))),
        ev.CommandLost: lambda: ev.CommandLost(
            at=at, decision=decision if yes else UUID(int=3), why="no answer"),
        ev.BarrierReported: lambda: ev.BarrierReported(
            at=at, arm=rng.choice(arms), loop_safety=rng.random() < 0.3,
            loop_exit=rng.random() < 0.3, local_control=rng.random() < 0.1),
        ev.BarrierPresence: lambda: ev.BarrierPresence(at=at, online=yes),
        ev.Tick: lambda: ev.Tick(at=at),
        ev.Restarted: lambda: ev.Restarted(at=at),
        ev.LaneOpened: lambda: ev.LaneOpened(at=at, by="lead"),
        ev.LaneClosed: lambda: ev.LaneClosed(at=at, by="lead"),
        ev.LaneManual: lambda: ev.LaneManual(at=at, by="lead", on=not yes),
        ev.Weighed: lambda: ev.Weighed(
            at=at, device="scale", gross_kg=rng.choice((0, 18_000, 30_000)), stable=yes),
        ev.SealsRead: lambda: ev.SealsRead(
            at=at, device="seals", seals=("VN1",) if yes else ()),
        ev.PartTroubled: lambda: ev.PartTroubled(
            at=at, kind="DEVICE_TWICE", text="twice", doubt="twice" if yes else ""),
    }  # fmt: skip
    assert set(made) == set(EVENTS)
    kinds = list(made)
    seldom = {
        ev.Restarted,
        ev.LaneClosed,
        ev.LaneManual,
        ev.DecisionFailed,
        ev.CommandLost,
        ev.PartTroubled,
    }
    weights = [1 if kind in seldom else 6 for kind in kinds]
    for phase, kind in ((Phase.DECIDING, ev.Decided), (Phase.READING, ev.CaptureRead)):
        if lane.phase is phase:
            weights[kinds.index(kind)] = 30
    return made[rng.choices(kinds, weights)[0]]()


def recorded(name: str) -> Any:
    return json.loads((RECORD / name).read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_a_decision_is_as_recorded(name: str) -> None:
    assert decision(name) == recorded("decisions.json")[name]


def test_the_record_has_no_decision_that_is_not_made() -> None:
    assert set(NAMES) == set(recorded("decisions.json"))


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_lanes_history_is_as_recorded(seed: int) -> None:
    told = walk(seed)
    kept = recorded("walks.json")[str(seed)]

    assert told[: len(kept["first"])] == kept["first"]
    assert digest(told) == kept["digest"]


def test_the_recorded_histories_know_every_pair_of_phase_and_event() -> None:
    seen = {(told[n - 1][1], told[n][0]) for s in range(WALKS) for told in (walk(s),)
            for n in range(1, len(told))}  # fmt: skip

    assert len(seen) > 0.85 * len(Phase) * len(EVENTS)


def write() -> None:
    """Write the record anew."""
    RECORD.mkdir(exist_ok=True)
    walks = {str(s): {"first": walk(s)[:12], "digest": digest(walk(s))} for s in range(WALKS)}
    for name, value in (
        ("decisions.json", {name: decision(name) for name in NAMES}),
        ("walks.json", walks),
    ):
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
        (RECORD / name).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write()
