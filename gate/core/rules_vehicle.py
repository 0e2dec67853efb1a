"""Rules about the vehicle and its load: weight, seals, dangerous goods, the paired return."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gate.core.normalize import seal_form
from gate.core.reasons import reason
from schemas.declarations import Declaration
from schemas.policy import Policy
from schemas.transit import Reason, Seen


def weight(seen: Seen, declaration: Declaration, policy: Policy) -> Iterator[Reason]:
    """Does the scale agree with the declaration, and is the weight lawful?"""
    weighed = seen.weight
    if weighed is None:
        if "weight" in policy.require:
            yield reason("WEIGHT_UNSTABLE", "the truck was not weighed")
        return
    if not weighed.stable:
        yield reason("WEIGHT_UNSTABLE", "the scale came to no rest")
        return
    kg, rules = weighed.gross_kg, policy.weighing
    permitted = declaration.permitted_kg
    if permitted and kg > permitted * (1 + rules.legal_percent / 100):
        text = f"{kg:,} kg, permitted are {permitted:,} kg"
        yield reason("OVERWEIGHT_LEGAL", text, weighed=str(kg), permitted=str(permitted))
    declared = declaration.gross_kg
    if not declared:
        if "weight" in policy.require:
            yield reason("WEIGHT_DIFFERS", "the declaration names no weight", weighed=str(kg))
        return
    allowed = max(declared * rules.tolerance_percent / 100, rules.tolerance_kg)
    if abs(kg - declared) > allowed:
        text = f"{kg:,} kg, declared are {declared:,} kg (allowed {allowed:,.0f} kg apart)"
        yield reason("WEIGHT_DIFFERS", text, weighed=str(kg), declared=str(declared))


def seals(seen: Seen, declaration: Declaration, policy: Policy) -> Iterator[Reason]:
    """Are the declared seals on the truck, and no others?"""
    declared = ", ".join(declaration.seals)
    if seen.seals is None:
        if declared and "seal" in policy.require:
            yield reason("SEAL_MISSING", "no seal was looked at", declared=declared)
        return
    found = {seal_form(seal) for seal in seen.seals}
    wanted = {seal_form(seal) for seal in declaration.seals}
    foreign = sorted(seal for seal in set(seen.seals) if seal_form(seal) not in wanted)
    missing = sorted(seal for seal in set(declaration.seals) if seal_form(seal) not in found)
    read = ", ".join(seen.seals) or "none"
    if foreign:
        text = f"seal {', '.join(foreign)} is not declared (declared: {declared or 'none'})"
        yield reason("SEAL_MISMATCH", text, read=read, declared=declared)
    elif missing:
        text = f"seal {', '.join(missing)} is declared but was not found"
        yield reason("SEAL_MISSING", text, read=read, declared=declared)


def dangerous_goods(seen: Seen, declaration: Declaration, policy: Policy) -> Iterator[Reason]:
    """Is this a lane for the declared dangerous goods?"""
    number = declaration.un_number
    if not number:
        return
    allowed = dict(policy.dangerous.lanes).get(number, ())
    if seen.lane not in allowed:
        where = f"lane {', '.join(allowed)}" if allowed else "an escort"
        yield reason("DANGEROUS_GOODS", f"dangerous goods {number} need {where}", un=number)


def papers(declaration: Declaration, now: datetime) -> Iterator[Reason]:
    """Are the vehicle's cross-border permit and insurance valid today?"""
    for code, what, until in (
        ("PERMIT_EXPIRED", "permit", declaration.permit_until),
        ("INSURANCE_EXPIRED", "insurance", declaration.insurance_until),
    ):
        if until is not None and until < now:
            day = until.date().isoformat()
            yield reason(code, f"the vehicle's {what} ended on {day}", until=day)


def pairing(seen: Seen) -> Iterator[Reason]:
    """Should this vehicle have gone back before?"""
    if seen.return_overdue:
        yield reason("RETURN_OVERDUE", "the vehicle came back later than it was allowed to")
