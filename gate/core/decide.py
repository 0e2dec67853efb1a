"""May this truck pass? A pure function of what was seen, what was declared, policy and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from gate.core import (
    rules_declaration,
    rules_driver,
    rules_evidence,
    rules_identity,
    rules_security,
    rules_vehicle,
)
from gate.core.match import match
from gate.core.reasons import reason
from schemas.declarations import Declaration
from schemas.policy import Policy
from schemas.transit import Decision, DecisionInputs, Match, Outcome, Reason, Seen, SeenPlate

EDITION = 5
"""Edition of the rules in this program; it grows whenever the same inputs may decide otherwise."""


def decide(inputs: DecisionInputs, policy: Policy) -> Decision:
    """Match, then apply every rule; the worst outcome of all that apply wins.

    All reasons are given, worst first. Release needs that not one rule objects: any
    doubt, missing part or fault has a rule of its own, so silence means that all was
    present and right.
    """
    seen = with_correction(inputs.seen)
    found = match(seen, inputs.declarations, policy, inputs.now)
    chosen = _chosen(found, inputs.declarations)
    reasons = _reasons(inputs, seen, found, chosen, policy)
    ordered = tuple(sorted(reasons, key=lambda r: (-r.outcome.severity, r.code, r.text)))
    if not ordered:
        ordered = (reason("OK_ALL", "plate, declaration and clearances agree"),)
    return Decision(
        outcome=ordered[0].outcome,
        reasons=ordered,
        match=found,
        plate=_plate(seen, policy),
        declaration=chosen.id if chosen else None,
        rules=EDITION,
    )


def officer_release(machine: Decision, note: str, officer: str) -> Decision:
    """The decision of an officer who lets the truck pass, with the machine's view kept."""
    said = reason("OFFICER_RELEASED", f"released by {officer}: {note}", officer=officer)
    return Decision(
        outcome=Outcome.RELEASE,
        reasons=(said, *machine.reasons),
        match=machine.match,
        plate=machine.plate,
        declaration=machine.declaration,
        rules=machine.rules,
    )


def _reasons(
    inputs: DecisionInputs, seen: Seen, found: Match, chosen: Declaration | None, policy: Policy
) -> list[Reason]:
    now, today = inputs.now, inputs.day
    reasons = [
        *rules_identity.plates(seen, policy),
        *rules_identity.readers(seen, policy),
        *rules_identity.one_declaration(seen, found, policy),
        *rules_evidence.fresh(seen, policy, now),
        *rules_evidence.clocks(seen),
        *rules_evidence.system(seen),
        *rules_evidence.lane(seen),
        *rules_evidence.queue(seen),
        *rules_driver.document(seen, policy, today),
        *rules_vehicle.pairing(seen),
        *rules_security.clones(seen, policy, now),
        *rules_security.watchlists(inputs.seen, chosen),
        *rules_security.gate_pass(seen, chosen, policy),
        *rules_security.random_inspection(seen, policy),
        *rules_security.inspection_owed(seen),
    ]
    if chosen is not None:
        reasons += rules_identity.typed_over(inputs.seen, chosen, policy)
        reasons += _about(chosen, seen, policy, now, today)
    elif not any(r.code in _NO_MATCH for r in reasons):
        reasons.append(reason("NO_DECLARATION", "no declaration could be found"))
    return [_with_second(r, policy) for r in reasons]


_NO_MATCH = frozenset({"NO_DECLARATION", "PLATE_UNREADABLE"})


def _about(
    chosen: Declaration, seen: Seen, policy: Policy, now: datetime, today: date
) -> tuple[Reason, ...]:
    """What speaks against this truck on this declaration."""
    return (
        *rules_identity.as_declared(seen, chosen, policy),
        *rules_identity.containers(seen, chosen, policy),
        *rules_driver.driver(seen, chosen, today),
        *rules_driver.declared_document(chosen, today),
        *rules_security.contradicted(seen, chosen),
        *rules_vehicle.seals(seen, chosen, policy),
        *rules_vehicle.weight(seen, chosen, policy),
        *rules_vehicle.dangerous_goods(seen, chosen, policy),
        *rules_vehicle.papers(chosen, now),
        *rules_declaration.status(chosen),
        *rules_declaration.place(seen, chosen),
        *rules_declaration.window(chosen, policy, now),
        *rules_declaration.clearances(chosen),
    )


def _with_second(found: Reason, policy: Policy) -> Reason:
    return replace(found, second=True) if found.code in policy.second_for else found


def _chosen(found: Match, declarations: tuple[Declaration, ...]) -> Declaration | None:
    best = found.best
    if best is None or not best.probability > found.none:
        return None
    return next(d for d in declarations if d.id == best.declaration)


def with_correction(seen: Seen) -> Seen:
    """What an officer typed replaces what the cameras in front read; the rear looks stay."""
    if not seen.corrected_plate:
        return seen
    typed = SeenPlate(
        capture=seen.transit,
        role="front",
        text=seen.corrected_plate,
        confidence=1.0,
        characters=tuple(((c, 1.0),) for c in seen.corrected_plate),
        engine=rules_identity.OFFICER_ENGINE,
    )
    rear = tuple(look for look in seen.plates if look.role == "rear")
    return replace(seen, plates=(typed, *rear))


def _plate(seen: Seen, policy: Policy) -> str:
    looks = rules_identity.usable(seen, policy)
    fronts = [look for look in looks if look.role != "rear"] or list(looks)
    return max(fronts, key=lambda look: look.confidence).text if fronts else ""
