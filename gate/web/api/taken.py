"""What the API takes: models of bodies and queries, of which the OpenAPI document is made.

The content of a declaration comes from the one table of its fields (``gate.core.filing.fields``).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, create_model

from gate.core.filing.fields import FIELDS, GROUPS, LISTS, Kind
from gate.core.filing.fields import Field as Spec
from gate.core.filing.fleet_rules import DRIVER_FIELDS, VEHICLE_FIELDS
from gate.web.api.bases import Closed, Direction, Status, Word

EventName = Annotated[str, Field(max_length=60)]


def _whole(value: Any) -> Any:
    """A whole number however JSON writes it (``20`` or ``20.0``), but no text and no truth."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _between(low: int, high: int) -> Any:
    return Annotated[int, Field(strict=True, ge=low, le=high), BeforeValidator(_whole)]


AnyWhole = Annotated[int, Field(strict=True, ge=-(10**12), le=10**12), BeforeValidator(_whole)]


Text = Annotated[str, Field(max_length=1000)]


def _type(spec: Spec) -> Any:
    match spec.kind:
        case Kind.INTEGER:
            return _between(spec.low, spec.high) | None
        case Kind.CHOICE:
            return Literal[spec.choices] | None
        case Kind.DATE:
            return date | None
        case Kind.MOMENT:
            return AwareDatetime | None
        case _:
            return Annotated[str, Field(max_length=spec.longest)] | None


def _model(name: str, fields: dict[str, Any], doc: str) -> type[BaseModel]:
    made: dict[str, Any] = {field: (kind, None) for field, kind in fields.items()}
    return create_model(name, __base__=Closed, __doc__=doc, **made)


def _content() -> type[BaseModel]:
    """The model of a declaration's content, made of the one table of its fields."""
    top: dict[str, Any] = {path: _type(s) for path, s in FIELDS.items() if "." not in path}
    for group in GROUPS:
        own = {
            p.partition(".")[2]: _type(s) for p, s in FIELDS.items() if p.startswith(f"{group}.")
        }
        top[group] = _model(f"Declared{group.title()}", own, f"The {group}.") | None
    for name, most in LISTS.items():
        plain = FIELDS.get(f"{name}.*")
        if plain is not None:
            line: Any = Annotated[str, Field(max_length=plain.longest)]
        else:
            own = {p.rpartition(".")[2]: _type(s) for p, s in FIELDS.items()
                   if p.startswith(f"{name}.*.")}  # fmt: skip
            line = _model(f"Declared{name.title()}", own, f"One line of {name}.")
        top[name] = Annotated[list[line], Field(max_length=most)] | None
    return _model("DeclarationContent", top, "What a declaration says. Weights in kilograms.")


DeclarationContent = _content()


MOST_ITEMS = 500


class UploadItem(Closed):
    """One of many declarations; ``reference`` is the sender's own name for it."""

    reference: Annotated[str, Field(max_length=60)] = ""
    content: DeclarationContent  # type: ignore[valid-type]


class UploadIn(Closed):
    """Many declarations. ``all_or_nothing`` files none where one has errors; without ``submit``
    they become drafts.
    """

    items: Annotated[list[UploadItem], Field(min_length=1, max_length=MOST_ITEMS)]
    all_or_nothing: bool = False
    submit: bool = True


VehicleIn = _model(
    "VehicleIn", {name: _type(spec) for name, spec in VEHICLE_FIELDS.items()},
    "A vehicle as the firm registers it.",
)  # fmt: skip


DriverIn = _model(
    "DriverIn", {name: _type(spec) for name, spec in DRIVER_FIELDS.items()},
    "A driver as the firm registers him.",
)  # fmt: skip


class Changes(Closed):
    """Fields to set by dotted path (null clears), and lines to take out (``goods.1``)."""

    changes: dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=1000)]
                  | AnyWhole | None] = Field(
        default_factory=dict, max_length=500
    )  # fmt: skip
    remove: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list, max_length=100
    )


class Because(Closed):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


class Booking(Closed):
    """The hour to book: a full hour."""

    starts_at: AwareDatetime


class WebhookIn(Closed):
    """Where to call, and for which events (``*``: all)."""

    url: Annotated[str, Field(max_length=500)]
    events: Annotated[
        list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=40)
    ]


class WebhookChange(Closed):
    """What to change; what is left out stays."""

    url: Annotated[str, Field(max_length=500)] | None = None
    events: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=40)] | None = (
        None
    )
    active: bool | None = None


class ClearanceIn(Closed):
    """An authority's word; a refusal needs a note."""

    value: Word
    note: Text = ""


class Payment(Closed):
    """That a fee was paid: the receipt's number."""

    reference: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


MOST_SIGHTINGS = 500


class SightingIn(Closed):
    """A plate that your gate saw, as it is written or in its normal form, and the moment."""

    plate: Annotated[str, Field(min_length=1, max_length=40)]
    at: AwareDatetime


class SightingsIn(Closed):
    """Sightings in any order; those that were told before change nothing."""

    items: Annotated[list[SightingIn], Field(min_length=1, max_length=MOST_SIGHTINGS)]


class PageQuery(Closed):
    """Where a list goes on, and how much of it."""

    cursor: Annotated[str, Field(max_length=300)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class SightingQuery(PageQuery):
    """From when on; without: the last day."""

    since: AwareDatetime | None = Field(
        None, description="sightings from this moment on, at most seven days back"
    )


class ResultQuery(PageQuery):
    """Which results: all, or only of what was not filed."""

    refused: bool = False


class DeclarationQuery(PageQuery):
    """Which declarations."""

    status: Annotated[list[Status], Field(max_length=12)] = Field(default_factory=list)
    text: Annotated[str, Field(max_length=60)] = Field(
        "", description="looked for in number, plates, containers and driver's name"
    )
    direction: Direction | None = None
    window_from: AwareDatetime | None = Field(None, description="windows that begin from then on")
    window_to: AwareDatetime | None = Field(None, description="windows that begin before then")


class VehicleQuery(PageQuery):
    """Which vehicles."""

    text: Annotated[str, Field(max_length=20)] = ""
    kind: Literal["tractor", "trailer", "truck"] | None = None
    retired: bool = False


class DriverQuery(PageQuery):
    """Which drivers."""

    text: Annotated[str, Field(max_length=60)] = ""
    retired: bool = False


class SlotQuery(Closed):
    """Which hours: at most a week."""

    direction: Direction
    begin: AwareDatetime
    end: AwareDatetime


class StatisticsQuery(Closed):
    """How many days back, today included."""

    days: Annotated[int, Field(ge=1, le=366)] = 30
