"""Checks a draft with what the database knows about the firm's fleet and other declarations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.core.filing.check import Surroundings, check
from gate.core.filing.content import Content, moment_at, text_at
from gate.core.filing.problems import Problem, errors_in, review
from gate.core.filing.vehicle_rules import KnownVehicle
from gate.store import filing, vehicles
from gate.store.pool import Connection
from gate.store.vehicles import VehicleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The problems of a draft, and the vehicles of the fleet that it names."""

    problems: tuple[Problem, ...]
    fleet: dict[tuple[str, str], VehicleRow]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that stop a submission."""
        return errors_in(self.problems)

    def vehicle(self, content: Content, group: str) -> VehicleRow | None:
        """The fleet's vehicle that a group (tractor, trailer) names."""
        place = text_at(content, f"{group}.plate"), text_at(content, f"{group}.country")
        return self.fleet.get(place)


async def examine(
    connection: Connection,
    firm: UUID,
    declaration: UUID,
    content: Content,
    site: str,
    now: datetime,
) -> Checked:
    """All problems of a content that the firm filed or is about to file."""
    plates = [text_at(content, "tractor.plate"), text_at(content, "trailer.plate")]
    fleet = await vehicles.by_plates(connection, firm, [plate for plate in plates if plate])
    around = Surroundings(
        now=now, gates=frozenset({site}), fleet={k: known_vehicle(v) for k, v in fleet.items()}
    )
    problems = check(content, around)
    begin, end = moment_at(content, "window_from"), moment_at(content, "window_to")
    if begin is not None and end is not None and plates[0]:
        other = await filing.overlapping(connection, firm, plates[0], (begin, end), declaration)
        if other:
            found = review("tractor.plate", "already_declared", plate=plates[0], number=other)
            problems = (*problems, found)
    return Checked(problems=problems, fleet=fleet)


def known_vehicle(row: VehicleRow) -> KnownVehicle:
    """What the rules need of a vehicle of the fleet."""
    return KnownVehicle(
        plate=row.plate, country=row.country, kind=row.kind, permitted_kg=row.permitted_kg,
        permit_until=row.permit_until, insurance_until=row.insurance_until,
    )  # fmt: skip
