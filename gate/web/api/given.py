"""What the API gives: models of answers, of which the OpenAPI document is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue, create_model

from gate.web.api.bases import Closed, Direction, Given, Status, Word
from gate.web.api.problem import FieldProblem


class Declaration(Given):
    """A declaration. ``content`` is what was filed last; empty where another system filed it.
    ``slot_at`` is the booked hour.
    """

    id: UUID
    number: str
    firm: str
    direction: Direction
    gate: str
    status: Status
    tractor_plate: str
    tractor_country: str
    trailer_plate: str
    driver: str
    containers: list[str]
    seals: list[str]
    cargo: str
    gross_kg: int
    un_number: str
    customs: Word
    border_guard: Word
    quarantine: Word
    fee: Word
    window_from: datetime
    window_to: datetime
    slot_at: datetime | None
    lane: str
    version: int
    reason: str
    content: dict[str, JsonValue]
    created_at: datetime
    submitted_at: datetime | None
    updated_at: datetime


class Submitted(Closed):
    """A declaration that was submitted, and what an officer will look at, if anything."""

    declaration: Declaration
    problems: list[FieldProblem]


class Upload(Given):
    """How far the filing of many declarations is: of ``total`` that had no errors, ``filed`` are
    filed and ``refused`` had problems when their turn came; ``left_out`` had errors at once.
    ``stopped`` says why it ended before all; it is empty where it did not.
    """

    id: UUID
    state: Literal["filing", "done", "stopped"]
    total: int
    filed: int
    refused: int
    left_out: int
    all_or_nothing: bool
    submit: bool
    asked_at: datetime
    ended_at: datetime | None
    stopped: Literal["", "firm_not_approved", "row_refused", "unreadable"]


class UploadResult(Given):
    """What became of one declaration of an upload. ``line``: which item (the first is 1), or the
    row of the file; ``declaration_id`` is null where nothing was filed, for its ``problems``.
    """

    line: int
    reference: str
    declaration_id: UUID | None
    number: str
    status: Status | None
    problems: list[FieldProblem]


class Draft(Given):
    """A draft; ``number`` is empty until it was submitted once."""

    id: UUID
    number: str
    version: int
    content: dict[str, JsonValue]
    created_by: str
    updated_by: str
    created_at: datetime
    updated_at: datetime


class Checked(Closed):
    """A draft as it is stored, and everything that is wrong with it."""

    draft: Draft
    problems: list[FieldProblem]


class Event(Given):
    """What happened to a declaration; ``data`` as the kind needs it."""

    number: int
    at: datetime
    actor: str
    kind: str
    from_status: str
    to_status: str
    data: dict[str, JsonValue]
    transit_id: UUID | None


class Events(Closed):
    """All events of one declaration, in order."""

    items: list[Event]


class Vehicle(Given):
    """A vehicle of the fleet."""

    id: UUID
    kind: Literal["tractor", "trailer", "truck"]
    plate: str
    country: str
    permitted_kg: int
    axles: int | None
    permit_number: str
    permit_until: datetime | None
    insurance_until: datetime | None
    retired_at: datetime | None
    version: int
    updated_at: datetime


class Driver(Given):
    """A driver of the firm."""

    id: UUID
    name: str
    nationality: str
    document_kind: str
    document_number: str
    birth_date: date
    document_until: date
    phone: str
    retired_at: datetime | None
    version: int
    updated_at: datetime


class Sighting(Given):
    """A plate that this gate saw, from ``came_at`` on, the last time ``at``."""

    id: UUID
    plate: str
    came_at: datetime
    at: datetime


class SightingsTaken(Closed):
    """What became of the sightings that were told for ``site``: ``noted`` are new, ``known`` were
    told before; each of ``refused`` was left out, the others were taken.
    """

    site: str
    noted: int
    known: int
    refused: list[FieldProblem]


class Slot(Given):
    """One hour that can be booked."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    booked: int
    free: int
    closed: bool


class Slots(Closed):
    """Hours in order."""

    items: list[Slot]


class Fee(Given):
    """A fee in whole units of its currency. ``credit``: paid too much before an amendment;
    ``returned``: paid back.
    """

    id: UUID
    declaration_id: UUID
    number: str
    code: str
    amount: int
    currency: str
    status: Literal["due", "paid", "waived", "void", "credit", "returned"]
    due_at: datetime
    settled_at: datetime | None
    reference: str


class Fees(Closed):
    """The fees of one declaration."""

    items: list[Fee]


class GatePass(Given):
    """A gate pass; ``text`` is what its QR code holds."""

    id: UUID
    pass_id: str
    declaration_id: UUID
    number: str
    plate: str
    text: str
    valid_from: datetime
    valid_until: datetime
    issued_at: datetime
    revoked_at: datetime | None
    reason: str


class Transit(Given):
    """A passage of a lane on one of the declarations. Some reasons are not shown."""

    id: UUID
    lane: str
    direction: Direction
    began_at: datetime
    ended_at: datetime | None
    ended: str | None
    outcome: str | None
    plate: str
    declaration_id: UUID
    number: str
    codes: list[str]


class Transits(Closed):
    """The transits of one declaration, the newest first."""

    items: list[Transit]


class Day(Given):
    """What happened on one day of the gate's time zone."""

    day: date
    filed: int
    departed: int
    transits: int
    minutes_at_gate: float | None = Field(description="mean time from a transit's begin to its end")


class Statistics(Closed):
    """Declarations by status now, and days."""

    by_status: dict[str, int]
    days: list[Day]


class Webhook(Given):
    """A webhook without its secret."""

    id: UUID
    url: str
    events: list[str]
    active: bool
    created_at: datetime
    created_by: str


class Webhooks(Closed):
    """All webhooks of the firm."""

    items: list[Webhook]


class NewWebhook(Closed):
    """A new webhook with the secret that signs its calls: shown only now."""

    webhook: Webhook
    secret: str


class Delivery(Given):
    """What was or will be sent to a webhook."""

    id: UUID
    event: str
    status: Literal["pending", "delivered", "dead"]
    tries: int
    next_at: datetime
    created_at: datetime
    delivered_at: datetime | None
    last_status: int | None
    last_error: str


class Attempt(Given):
    """One attempt at a delivery."""

    number: int
    at: datetime
    status_code: int | None
    error: str
    ms: int


class Attempts(Closed):
    """Every attempt at one delivery, in order."""

    items: list[Attempt]


class TestDelivery(Closed):
    """The test that is on its way."""

    delivery: UUID


class Me(Closed):
    """Which key this is, and that it works."""

    prefix: str
    name: str
    scopes: list[str]
    firm: UUID | None
    expires_at: datetime | None
    site: str
    now: datetime


class Page(Closed):
    """What every page of a list has; ``next`` is the cursor of the following page, if any."""

    next: str | None


def page_of(item: type[BaseModel]) -> type[BaseModel]:
    """The model of a page of these items."""
    return create_model(
        f"{item.__name__}Page", __base__=Page, __doc__=f"A page of {item.__name__} items.",
        items=(list[item], ...),  # type: ignore[valid-type]
    )  # fmt: skip


DeclarationPage = page_of(Declaration)


DraftPage = page_of(Draft)


UploadResultPage = page_of(UploadResult)


VehiclePage = page_of(Vehicle)


DriverPage = page_of(Driver)


FeePage = page_of(Fee)


PassPage = page_of(GatePass)


SightingPage = page_of(Sighting)


TransitPage = page_of(Transit)


DeliveryPage = page_of(Delivery)
