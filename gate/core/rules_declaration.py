"""Rules about the declaration: may it be used here, now, and has every authority said yes?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from gate.core.reasons import reason
from schemas.declarations import OPEN_STATUSES, Clearance, Declaration, DeclarationStatus
from schemas.policy import Policy
from schemas.transit import Reason, Seen

_USED = frozenset(
    {DeclarationStatus.RELEASED, DeclarationStatus.DEPARTED, DeclarationStatus.CLOSED}
)
_NOT_YET = frozenset(
    {DeclarationStatus.DRAFT, DeclarationStatus.SUBMITTED, DeclarationStatus.REJECTED}
)


def status(declaration: Declaration) -> Iterator[Reason]:
    """Is the declaration cleared, and not used, cancelled or expired?"""
    number = declaration.number
    if declaration.status is DeclarationStatus.CLEARED:
        return
    if declaration.status in OPEN_STATUSES:
        yield reason("DECLARATION_NOT_CLEARED", f"{number} is only {declaration.status}")
        return
    if declaration.status in _USED:
        yield reason("DECLARATION_USED", f"{number} was already used ({declaration.status})")
    elif declaration.status is DeclarationStatus.EXPIRED:
        yield reason("DECLARATION_EXPIRED", f"{number} has expired")
    elif declaration.status is DeclarationStatus.CANCELLED:
        yield reason("DECLARATION_CANCELLED", f"{number} was cancelled")
    elif declaration.status in _NOT_YET:
        yield reason("DECLARATION_NOT_ACCEPTED", f"{number} is only {declaration.status}")


def place(seen: Seen, declaration: Declaration) -> Iterator[Reason]:
    """Is this the declared gate and direction?"""
    if declaration.gate != seen.gate:
        yield reason(
            "WRONG_GATE", f"declared for gate {declaration.gate}", declared=declaration.gate
        )
    if declaration.direction is not seen.direction:
        yield reason(
            "WRONG_DIRECTION",
            f"declared for {declaration.direction}, this lane is for {seen.direction}",
            declared=declaration.direction,
        )


def window(declaration: Declaration, policy: Policy, now: datetime) -> Iterator[Reason]:
    """Is the truck inside its time window, with the policy's leeway?"""
    early = declaration.window_from - timedelta(milliseconds=policy.early_ms)
    late = declaration.window_to + timedelta(milliseconds=policy.late_ms)
    if now < early:
        yield reason("TOO_EARLY", "before the declared window", opens=early.isoformat())
    elif now > late:
        yield reason("TOO_LATE", "after the declared window", closed=late.isoformat())


def clearances(declaration: Declaration) -> Iterator[Reason]:
    """Has every authority passed the truck, and is the fee paid?"""
    said = declaration.clearances
    for name, word in (
        ("customs", said.customs),
        ("border_guard", said.border_guard),
        ("quarantine", said.quarantine),
    ):
        spoken = name.replace("_", " ")
        if word is Clearance.PENDING:
            yield reason(f"{name.upper()}_PENDING", f"{spoken} has not passed the truck yet")
        elif word is Clearance.FAILED:
            yield reason(f"{name.upper()}_REFUSED", f"{spoken} has refused the truck")
    if said.fee in (Clearance.PENDING, Clearance.FAILED):
        yield reason("FEE_UNPAID", "the gate fee is not paid")
