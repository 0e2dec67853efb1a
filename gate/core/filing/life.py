"""Who may take which step in a declaration's life, and what an amendment takes back."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from gate.core.filing.content import Content
from schemas.declarations import Clearance, Clearances, DeclarationStatus

_S = DeclarationStatus


class Side(StrEnum):
    """Who acts: the firm, the gate's staff, or the machine (checks, lanes, clock)."""

    FIRM = "firm"
    STAFF = "staff"
    MACHINE = "machine"


MAY: dict[tuple[DeclarationStatus, DeclarationStatus], frozenset[Side]] = {
    (_S.DRAFT, _S.SUBMITTED): frozenset({Side.FIRM}),
    (_S.DRAFT, _S.CANCELLED): frozenset({Side.FIRM}),
    (_S.SUBMITTED, _S.ACCEPTED): frozenset({Side.STAFF, Side.MACHINE}),
    (_S.SUBMITTED, _S.REJECTED): frozenset({Side.STAFF}),
    (_S.SUBMITTED, _S.CANCELLED): frozenset({Side.FIRM, Side.STAFF}),
    (_S.REJECTED, _S.DRAFT): frozenset({Side.FIRM}),
    (_S.REJECTED, _S.CANCELLED): frozenset({Side.FIRM, Side.STAFF}),
    (_S.ACCEPTED, _S.CANCELLED): frozenset({Side.FIRM, Side.STAFF}),
    (_S.CLEARED, _S.CANCELLED): frozenset({Side.FIRM, Side.STAFF}),
    (_S.ACCEPTED, _S.CLEARING): frozenset({Side.STAFF, Side.MACHINE}),
    (_S.ARRIVED, _S.CLEARING): frozenset({Side.STAFF, Side.MACHINE}),
    (_S.CLEARING, _S.CLEARED): frozenset({Side.STAFF, Side.MACHINE}),
    (_S.CLEARED, _S.CLEARING): frozenset({Side.STAFF, Side.MACHINE}),
    (_S.CLEARING, _S.REJECTED): frozenset({Side.STAFF}),
}
"""Step -> who may take it; steps that are not here are the lane's (machine) alone."""

AMENDABLE = frozenset({_S.SUBMITTED, _S.ACCEPTED, _S.CLEARING, _S.CLEARED})
"""Before arrival what was filed may be amended."""

CLEARABLE = frozenset({_S.ACCEPTED, _S.ARRIVED, _S.CLEARING, _S.CLEARED})
"""Where the authorities and the cashier may give their word."""

BOOKABLE = frozenset({_S.ACCEPTED, _S.CLEARING, _S.CLEARED})
"""Where an hour may be booked and a pass is given."""

_TOUCHES: dict[str, tuple[str, ...]] = {
    "tractor": ("border_guard",),
    "trailer": ("border_guard",),
    "driver": ("border_guard",),
    "direction": ("customs", "border_guard"),
    "goods": ("customs", "quarantine"),
    "containers": ("customs",),
    "seals": ("customs",),
    "gross_kg": ("customs",),
    "customs_number": ("customs",),
    "customs_kind": ("customs",),
    "quarantine_certificates": ("quarantine",),
}
"""Field, or group of fields -> the authorities that looked at it."""

FIXED = ("direction", "gate")
"""What an amendment can't change: file anew instead."""


def may(current: DeclarationStatus, to: DeclarationStatus, side: Side) -> bool:
    """Whether this side may take the step."""
    return side in MAY.get((current, to), frozenset({Side.MACHINE}))


def differing(before: Content, after: Content) -> frozenset[str]:
    """The top-level fields and groups in which two contents differ."""
    names = before.keys() | after.keys()
    return frozenset(n for n in names if (before.get(n) or None) != (after.get(n) or None))


def after_amendment(
    clearances: Clearances, before: Content, after: Content, *, quarantine_needed: bool
) -> Clearances:
    """The clearances with those taken back whose authority saw something else.

    What failed goes back to pending as well: the amendment may be what was asked for.
    """
    touched = {a for name in differing(before, after) for a in _TOUCHES.get(name, ())}
    made = clearances
    if "customs" in touched and made.customs is not Clearance.NOT_NEEDED:
        made = replace(made, customs=Clearance.PENDING)
    if "border_guard" in touched and made.border_guard is not Clearance.NOT_NEEDED:
        made = replace(made, border_guard=Clearance.PENDING)
    if "quarantine" in touched:
        needed = Clearance.PENDING if quarantine_needed else Clearance.NOT_NEEDED
        made = replace(made, quarantine=needed)
    return made


def all_given(clearances: Clearances) -> bool:
    """Whether every authority and the cashier said yes or need not."""
    words = (clearances.customs, clearances.border_guard, clearances.quarantine, clearances.fee)
    return all(word in (Clearance.PASSED, Clearance.NOT_NEEDED) for word in words)
