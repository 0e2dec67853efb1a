"""What is wrong with a vehicle's plate and papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from gate.core.filing.problems import Problem, advice, error
from schemas.plate_series import PlateKind
from schemas.plates import parse_plate


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVehicle:
    """What the firm's fleet says of a vehicle. Weight in kilograms."""

    plate: str
    country: str
    kind: str
    permitted_kg: int
    permit_until: datetime | None = None
    insurance_until: datetime | None = None


def plate(path: str, text: str, country: str, *, trailer: bool) -> Iterator[Problem]:
    """The form of a plate for its country, and whether it is of the wanted kind."""
    found = parse_plate(text)
    if found is None:
        yield error(path, "plate_form", value=text)
    elif country and found.country != country:
        yield error(path, "plate_other_country", value=found.display, country=found.country)
    elif found.kind is PlateKind.MOTORBIKE:
        yield error(path, "plate_motorbike", value=found.display)
    elif trailer and found.kind not in (PlateKind.TRAILER, PlateKind.ARMY, PlateKind.SPECIAL):
        yield error(path, "plate_not_trailer", value=found.display)
    elif not trailer and found.kind is PlateKind.TRAILER:
        yield error(path, "plate_is_trailer", value=found.display)


def papers(
    path: str, vehicle: KnownVehicle, crossing: datetime, now: datetime
) -> Iterator[Problem]:
    """Permit and insurance of a vehicle of the fleet at the time of the crossing."""
    until = vehicle.permit_until
    if until is not None and until <= now:
        yield error(path, "permit_over", plate=vehicle.plate, until=day_of(until, now))
    elif until is not None and until < crossing:
        yield error(path, "permit_ends", plate=vehicle.plate, until=day_of(until, now))
    until = vehicle.insurance_until
    if until is not None and until < crossing:
        yield advice(path, "insurance_over", plate=vehicle.plate, until=day_of(until, now))


def day_of(moment: datetime, now: datetime) -> date:
    """The day of ``moment`` on the gate's calendar, in whose zone ``now`` is."""
    return moment.astimezone(now.tzinfo).date()


def day_after(until: date, crossing: date, now: date, path: str) -> Iterator[Problem]:
    """A document's last day against the crossing's."""
    if until < now:
        yield error(path, "document_over", until=until)
    elif until < crossing:
        yield error(path, "document_ends", until=until)
