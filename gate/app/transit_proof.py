"""The proof of one transit: chain, anchor, replay of its decisions, and the pictures' hashes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.core.audit import Entry, Fault, canonical, check, lane_chain
from gate.core.decide import EDITION, decide
from gate.store import audit_check, captures, transit_proof, transits
from gate.store.audit_anchors import signed_text
from gate.store.errors import EvidenceLost, PolicyChanged
from gate.store.evidence import EvidenceStore
from gate.store.plain import DECISION, INPUTS, to_plain
from gate.store.pool import Database

MOST_BETWEEN = 20_000
"""Entries that are walked from the transit to the next anchor."""
Check = tuple[str, Callable[[str, bytes], bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainProof:
    """The state of a transit's steps: ``state`` is whole, broken or none (no entries yet).

    ``anchor`` is none, unchecked (no public key is known here), good or bad.
    """

    state: str
    faults: tuple[Fault, ...]
    steps: tuple[dict[str, Any], ...]
    first: int
    last: int
    walked: int
    anchor: str
    anchor_number: int
    anchor_at: str
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One decision made again: ``result`` is same, different, edition, erased, by_person,
    no_policy or policy_changed.
    """

    decision: UUID
    at: datetime
    actor: str
    outcome: str
    result: str
    again: str
    policy: str
    edition: int
    inputs: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture's state: good, gone (by retention), lost, or changed."""

    id: UUID
    role: str
    sha256: str
    received_at: datetime
    state: str


async def prove_chain(
    database: Database, lane: str, transit: UUID, key: Check | None = None
) -> ChainProof:
    """Check the transit's steps against the lane's chain, and the chain on to the next anchor."""
    chain = lane_chain(lane)
    steps = await transit_proof.steps(database, lane, transit)
    entries = [step["entry"] for step in steps if step["entry"] is not None]
    faults = [_fault(chain, step) for step in steps if _is_wrong(step)]
    if not entries:
        state = "broken" if faults else "none"
        return ChainProof(
            state=state, faults=tuple(faults), steps=tuple(steps), first=0, last=0, walked=0,
            anchor="none", anchor_number=0, anchor_at="", erased=False,
        )  # fmt: skip
    first, last = entries[0].number, entries[-1].number
    anchor = await transit_proof.anchor_after(database, chain, last)
    to = last if anchor is None else min(anchor["at_number"], last + MOST_BETWEEN)
    walk = await transit_proof.stretch(database, chain, first, to)
    faults += _walk(walk, first)
    said, anchor_fault = await _anchor(database, chain, anchor, key)
    faults += anchor_fault
    return ChainProof(
        state="broken" if faults else "whole", faults=tuple(faults), steps=tuple(steps),
        first=first, last=last, walked=len(walk), anchor=said,
        anchor_number=anchor["number"] if anchor else 0,
        anchor_at=anchor["body"]["at"] if anchor else "",
        erased=any(step["erased"] for step in steps),
    )  # fmt: skip


def _is_wrong(step: dict[str, Any]) -> bool:
    return step["entry"] is not None and step["entry"].data_hash != step["hash"]


def _fault(chain: str, step: dict[str, Any]) -> Fault:
    text = f"step {step['number']}, its decision or its picture was changed"
    return Fault(chain=chain, number=step["entry"].number, kind="changed", text=text)


def _walk(walk: list[Entry], first: int) -> list[Fault]:
    """Faults of the stretch; the entry before the first one is where it starts from."""
    if walk and walk[0].number == first - 1:
        return list(check(walk[1:], (walk[0].number, walk[0].hash)))
    return list(check(walk, None if first == 1 else (first - 1, "")))


async def _anchor(
    database: Database, chain: str, anchor: dict[str, Any] | None, key: Check | None
) -> tuple[str, list[Fault]]:
    if anchor is None:
        return "none", []
    heads = [head for head in anchor["body"]["heads"] if head["chain"] == chain]
    faults = await audit_check.against_anchor(database, heads)
    if faults:
        return "bad", faults
    if key is None:
        return "unchecked", []
    key_id, verify = key
    good = anchor["key_id"] == key_id and verify(anchor["signature"], signed_text(anchor["body"]))
    if good:
        return "good", []
    text = f"its signature is not of the key {key_id}"
    return "bad", [Fault(chain="anchors", number=anchor["number"], kind="anchor", text=text)]


async def replay(database: Database, transit: UUID) -> tuple[Replay, ...]:
    """Make each of the transit's decisions again, under the policy of that day."""
    again = {row["id"]: row for row in await transits.machine_decisions(database, (transit,), None)}
    found = []
    for row in await transits.decisions_of(database, transit):
        stored = again.get(row["id"])
        result, other, inputs = "by_person", "", {}
        if stored is not None:
            inputs = stored["inputs"]
            result, other = await _again(database, stored)
        elif row["actor"] == "machine":
            result = "erased"
        found.append(
            Replay(
                decision=row["id"], at=row["at"], actor=row["actor"], outcome=row["outcome"],
                result=result, again=other, policy=row["policy_hash"],
                edition=row["decision"].get("rules", 1), inputs=inputs,
            )
        )  # fmt: skip
    return tuple(found)


async def _again(database: Database, row: dict[str, Any]) -> tuple[str, str]:
    try:
        policy = await transits.policy_by_hash(database, row["policy_hash"])
    except PolicyChanged:
        return "policy_changed", ""
    if policy is None:
        return "no_policy", ""
    made = DECISION.validate_python(row["decision"])
    new = decide(INPUTS.validate_python(row["inputs"]), policy)
    if canonical(to_plain(DECISION, new)) == canonical(to_plain(DECISION, made)):
        return "same", new.outcome.value
    return ("edition" if made.rules != EDITION else "different"), new.outcome.value


async def pictures(
    database: Database, evidence: EvidenceStore, transit: UUID
) -> tuple[Picture, ...]:
    """Read each picture of the transit and compare it with the hash that the chain vouches for."""
    found = []
    for row in await captures.of_transit(database, transit):
        state = "gone"
        if row["picture_gone_at"] is None:
            state = await asyncio.to_thread(_state, evidence, row["sha256"])
        found.append(
            Picture(
                id=row["id"],
                role=row["role"],
                sha256=row["sha256"],
                received_at=row["received_at"],
                state=state,
            )
        )
    return tuple(found)


def _state(evidence: EvidenceStore, sha256: str) -> str:
    if not evidence.path(sha256).is_file():
        return "lost"
    try:
        evidence.get(sha256)
    except EvidenceLost:
        return "changed"
    return "good"
