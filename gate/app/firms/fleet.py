"""A firm's vehicles and drivers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from gate.app.clock import Clock
from gate.app.firms.checking import Gate
from gate.app.firms.errors import ChangedMeanwhile, Invalid, NotAllowedNow, Taken, UnknownRecord
from gate.app.firms.standing import must_be_approved
from gate.core.filing import fleet_rules
from gate.core.filing.problems import Problem, errors_in
from gate.store import audit, drivers, vehicles
from gate.store.drivers import DriverRow
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database
from gate.store.vehicles import VehicleRow
from schemas.plates import normalise_plate

Row = TypeVar("Row", VehicleRow, DriverRow)
_SAME_PLATE = "Your fleet has a vehicle of this plate."
_SAME_DOCUMENT = "You have a driver with this document."


class Fleet:
    """Vehicles and drivers of one's own firm; what is used no more is retired, not deleted."""

    def __init__(self, database: Database, clock: Clock, gate: Gate) -> None:
        self._database = database
        self._clock = clock
        self._gate = gate

    def check_vehicle(self, values: dict[str, Any]) -> tuple[Problem, ...]:
        """What is wrong with a vehicle's values."""
        return fleet_rules.vehicle(values, self._gate.local(self._clock.now()))[1]

    def check_driver(self, values: dict[str, Any]) -> tuple[Problem, ...]:
        """What is wrong with a driver's values."""
        return fleet_rules.driver(values, self._gate.local(self._clock.now()))[1]

    async def vehicles(
        self,
        firm: UUID,
        *,
        text: str = "",
        kind: str = "",
        retired: bool = False,
        after: str = "",
        most: int = 50,
    ) -> list[VehicleRow]:
        """Vehicles by plate; the next page goes on after the last one's plate."""
        return await vehicles.listing(
            self._database, firm, text=normalise_plate(text), kind=kind, retired=retired,
            after=after, most=most,
        )  # fmt: skip

    async def vehicle(self, firm: UUID, vehicle: UUID) -> VehicleRow:
        """One vehicle; raises ``UnknownRecord``."""
        async with self._database.connection() as connection:
            return _there(await vehicles.one(connection, firm, vehicle), "vehicle")

    async def save_vehicle(
        self,
        firm: UUID,
        values: dict[str, Any],
        *,
        actor: str,
        vehicle: UUID | None = None,
        version: int | None = None,
    ) -> VehicleRow:
        """Add a vehicle, or change the one of this id (and version, where given).

        Raises:
            Invalid, Taken, UnknownRecord, ChangedMeanwhile, FirmNotApproved.
        """
        now = self._clock.now()
        made, problems = fleet_rules.vehicle(values, self._gate.local(now))
        if errors_in(problems):
            raise Invalid(problems)
        ready = {**made, "permit_number": made["permit_number"] or "",
                 "permit_until": _moment(made["permit_until"]),
                 "insurance_until": _moment(made["insurance_until"])}  # fmt: skip
        async with self._database.transaction() as connection:
            await must_be_approved(connection, firm)
            try:
                if vehicle is None:
                    row = await vehicles.add(connection, firm, self._clock.fresh(), ready, now)
                    found = _free(row, "plate", _SAME_PLATE)
                else:
                    before = _there(await vehicles.one(connection, firm, vehicle), "vehicle")
                    row = await vehicles.change(connection, firm, vehicle, ready, now, version)
                    found = _same(row, before)
            except asyncpg.UniqueViolationError as error:
                raise Taken("plate", _SAME_PLATE) from error
            await self._note(connection, firm, actor, "vehicle.saved", found.id)
        return found

    async def retire_vehicle(self, firm: UUID, vehicle: UUID, *, actor: str) -> None:
        """Take a vehicle out of use; raises ``UnknownRecord``."""
        async with self._database.transaction() as connection:
            if not await vehicles.retire(connection, firm, vehicle, self._clock.now()):
                raise UnknownRecord("vehicle")
            await self._note(connection, firm, actor, "vehicle.retired", vehicle)

    async def drivers(
        self,
        firm: UUID,
        *,
        text: str = "",
        retired: bool = False,
        after: Cursor | None = None,
        most: int = 50,
    ) -> list[DriverRow]:
        """Drivers, the newest first."""
        return await drivers.listing(
            self._database, firm, text=text.strip(), retired=retired, after=after, most=most
        )

    async def driver(self, firm: UUID, driver: UUID) -> DriverRow:
        """One driver; raises ``UnknownRecord``."""
        async with self._database.connection() as connection:
            return _there(await drivers.one(connection, firm, driver), "driver")

    async def save_driver(
        self,
        firm: UUID,
        values: dict[str, Any],
        *,
        actor: str,
        driver: UUID | None = None,
        version: int | None = None,
    ) -> DriverRow:
        """Add a driver, or change the one of this id (and version, where given).

        Raises:
            Invalid, Taken, UnknownRecord, ChangedMeanwhile, FirmNotApproved.
        """
        now = self._clock.now()
        made, problems = fleet_rules.driver(values, self._gate.local(now))
        if errors_in(problems):
            raise Invalid(problems)
        ready = {**made, "phone": made["phone"] or "",
                 "birth_date": date.fromisoformat(made["birth_date"]),
                 "document_until": date.fromisoformat(made["document_until"])}  # fmt: skip
        async with self._database.transaction() as connection:
            await must_be_approved(connection, firm)
            try:
                if driver is None:
                    row = await drivers.add(connection, firm, self._clock.fresh(), ready, now)
                    found = _free(row, "document_number", _SAME_DOCUMENT)
                else:
                    before = _there(await drivers.one(connection, firm, driver), "driver")
                    row = await drivers.change(connection, firm, driver, ready, now, version)
                    found = _same(row, before)
            except asyncpg.UniqueViolationError as error:
                raise Taken("document_number", _SAME_DOCUMENT) from error
            await self._note(connection, firm, actor, "driver.saved", found.id)
        return found

    async def retire_driver(self, firm: UUID, driver: UUID, *, actor: str) -> None:
        """Take a driver out of service; raises ``UnknownRecord``."""
        async with self._database.transaction() as connection:
            if not await drivers.retire(connection, firm, driver, self._clock.now()):
                raise UnknownRecord("driver")
            await self._note(connection, firm, actor, "driver.retired", driver)

    async def _note(
        self, connection: Connection, firm: UUID, actor: str, action: str, subject: UUID
    ) -> None:
        await audit.administer(
            connection, at=self._clock.now(), actor=actor, action=action, subject=str(subject),
            data={"firm": str(firm)},
        )  # fmt: skip


def _there(row: Row | None, what: str) -> Row:
    if row is None:
        raise UnknownRecord(what)
    return row


def _free(row: Row | None, field: str, why: str) -> Row:
    if row is None:
        raise Taken(field, why)
    return row


def _same(row: Row | None, before: Row) -> Row:
    if row is not None:
        return row
    if before.retired_at is not None:
        raise NotAllowedNow("retired", "What was retired can't be changed")
    raise ChangedMeanwhile(before.version)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
