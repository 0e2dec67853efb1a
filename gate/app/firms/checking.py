"""Checks a draft with what the database knows about the firm's fleet and other declarations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from gate.core.filing.check import Surroundings, check
from gate.core.filing.content import Content, moment_at, text_at
from gate.core.filing.problems import Problem, errors_in, review
from gate.core.filing.vehicle_rules import KnownVehicle
from gate.store import filing, vehicles
from gate.store.filing import Declared
from gate.store.pool import Connection
from gate.store.vehicles import VehicleRow


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate where is filed: its name, and the zone whose calendar day documents end with."""

    site: str
    zone: ZoneInfo

    def local(self, at: datetime) -> datetime:
        """The same moment on the gate's own clock and calendar."""
        return at.astimezone(self.zone)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What the checks of one or more contents of a firm ask of the database, read at once.

    ``fleet`` has vehicles by plate and country, ``declared`` the open declarations by plate.
    Who files several contents adds to both what an earlier one brought.
    """

    fleet: dict[tuple[str, str], VehicleRow]
    declared: dict[str, list[Declared]]

    def judge(self, content: Content, gate: Gate, now: datetime) -> Checked:
        """All problems of one of the contents."""
        fleet = {}
        for group in ("tractor", "trailer"):
            place = text_at(content, f"{group}.plate"), text_at(content, f"{group}.country")
            if place in self.fleet:
                fleet[place] = self.fleet[place]
        around = Surroundings(
            now=gate.local(now), gates=frozenset({gate.site}),
            fleet={k: known_vehicle(v) for k, v in fleet.items()},
        )  # fmt: skip
        problems = check(content, around)
        other = self._overlapping(content)
        if other:
            plate = text_at(content, "tractor.plate")
            found = review("tractor.plate", "already_declared", plate=plate, number=other)
            problems = (*problems, found)
        return Checked(problems=problems, fleet=fleet)

    def _overlapping(self, content: Content) -> str:
        """The number of an open declaration for this tractor and time, or empty."""
        begin, end = moment_at(content, "window_from"), moment_at(content, "window_to")
        if begin is None or end is None:
            return ""
        for one in self.declared.get(text_at(content, "tractor.plate"), ()):
            if one.window_from < end and one.window_to > begin:
                return one.number
        return ""


async def neighbours(
    connection: Connection, firm: UUID, contents: Sequence[Content], but: UUID
) -> Neighbours:
    """What the checks of these contents need to know, without the declaration ``but``."""
    plates = {text_at(one, f"{group}.plate")
              for one in contents for group in ("tractor", "trailer")} - {""}  # fmt: skip
    fleet = await vehicles.by_plates(connection, firm, sorted(plates))
    tractors = sorted({text_at(one, "tractor.plate") for one in contents} - {""})
    begins = [at for one in contents if (at := moment_at(one, "window_from"))]
    ends = [at for one in contents if (at := moment_at(one, "window_to"))]
    declared: dict[str, list[Declared]] = {}
    if tractors and begins and ends:
        span = min(begins), max(ends)
        for found in await filing.open_of_plates(connection, firm, tractors, span, but):
            declared.setdefault(found.plate, []).append(found)
    return Neighbours(fleet=fleet, declared=declared)


async def examine(
    connection: Connection,
    firm: UUID,
    declaration: UUID,
    content: Content,
    gate: Gate,
    now: datetime,
) -> Checked:
    """All problems of a content that the firm filed or is about to file."""
    around = await neighbours(connection, firm, [content], declaration)
    return around.judge(content, gate, now)


def known_vehicle(row: VehicleRow) -> KnownVehicle:
    """What the rules need of a vehicle of the fleet."""
    return KnownVehicle(
        plate=row.plate, country=row.country, kind=row.kind, permitted_kg=row.permitted_kg,
        permit_until=row.permit_until, insurance_until=row.insurance_until,
    )  # fmt: skip
