"""A cargo declaration as the gate sees it, and the life it may lead.

Fields and statuses follow the pre-declaration practice of the Vietnamese digital
border-gate platforms (docs/domain.md); amounts are integers in named units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Direction(StrEnum):
    """Which way a lane or a declaration leads across the border."""

    EXPORT = "export"
    IMPORT = "import"


class DeclarationStatus(StrEnum):
    """Where a declaration stands in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    CLEARING = "clearing"
    CLEARED = "cleared"
    RELEASED = "released"
    DEPARTED = "departed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Clearance(StrEnum):
    """The word of one authority (customs, border guard, quarantine) or of the cashier."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


_S = DeclarationStatus

TRANSITIONS: dict[DeclarationStatus, frozenset[DeclarationStatus]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.CANCELLED}),
    _S.SUBMITTED: frozenset({_S.REJECTED, _S.ACCEPTED, _S.CANCELLED, _S.EXPIRED}),
    _S.REJECTED: frozenset({_S.DRAFT, _S.CANCELLED}),
    _S.ACCEPTED: frozenset({_S.ARRIVED, _S.CLEARING, _S.CANCELLED, _S.EXPIRED}),
    _S.ARRIVED: frozenset({_S.CLEARING, _S.EXPIRED}),
    _S.CLEARING: frozenset({_S.CLEARED, _S.REJECTED, _S.EXPIRED}),
    _S.CLEARED: frozenset({_S.RELEASED, _S.CLEARING, _S.EXPIRED, _S.CANCELLED}),
    _S.RELEASED: frozenset({_S.DEPARTED, _S.CLEARED}),
    _S.DEPARTED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.EXPIRED: frozenset(),
}
"""The only moves there are. released -> cleared is the truck that was let through and
did not pass: its declaration is open again, by an officer's act. cleared -> clearing is an
amendment, or a word that an authority took back."""

OPEN_STATUSES: frozenset[DeclarationStatus] = frozenset(
    {_S.ACCEPTED, _S.ARRIVED, _S.CLEARING, _S.CLEARED}
)
"""Statuses in which a truck at the lane may belong to the declaration."""


class IllegalTransitionError(ValueError):
    """A declaration was asked to take a step that its life does not have."""


def advance(current: DeclarationStatus, to: DeclarationStatus) -> DeclarationStatus:
    """Return ``to`` if the status machine allows the step.

    Raises:
        IllegalTransitionError: the step is not listed in ``TRANSITIONS``.
    """
    if to not in TRANSITIONS[current]:
        allowed = ", ".join(sorted(TRANSITIONS[current])) or "nothing: it has ended"
        raise IllegalTransitionError(
            f"a {current} declaration can't become {to}; allowed: {allowed}"
        )
    return to


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearances:
    """The four words that must all be yes (passed or not needed) before a release."""

    customs: Clearance = Clearance.PENDING
    border_guard: Clearance = Clearance.PENDING
    quarantine: Clearance = Clearance.NOT_NEEDED
    fee: Clearance = Clearance.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a firm filed about one crossing, as far as the lane needs it.

    Plates and container numbers are normal forms (upper case, no separators).
    ``driver_*`` are empty where no driver is named. Weights are kilograms; ``gross_kg`` is
    the loaded vehicle's, ``permitted_kg`` what it may weigh by law, 0 where unknown.
    ``un_number`` is the dangerous goods' UN number (``UN1202``), or empty. ``lane`` is the
    lane that was booked, or empty.
    """

    id: UUID
    number: str
    firm_id: UUID
    firm: str
    direction: Direction
    gate: str
    status: DeclarationStatus
    clearances: Clearances
    tractor_plate: str
    tractor_country: str
    trailer_plate: str = ""
    containers: tuple[str, ...] = ()
    seals: tuple[str, ...] = ()
    driver: str = ""
    driver_document: str = ""
    cargo: str = ""
    gross_kg: int = 0
    un_number: str = ""
    window_from: datetime
    window_to: datetime
    permit_until: datetime | None = None
    permitted_kg: int = 0
    insurance_until: datetime | None = None
    driver_document_until: date | None = None
    lane: str = ""
