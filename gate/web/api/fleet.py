"""Vehicles and drivers of a firm."""

from __future__ import annotations

from gate.store.drivers import DriverRow
from gate.store.vehicles import VehicleRow
from gate.web.api import answers, cursors, given, taken
from gate.web.api.operations import Call, Reply, Table

table = Table("fleet")
READ = ("fleet.read", "fleet.write")
WRITE = ("fleet.write",)


def _vehicle(row: VehicleRow, status: int = 200) -> Reply:
    headers = {"ETag": answers.version_tag(row.version)}
    if status == 201:
        headers |= answers.location("vehicles", row.id)
    return Reply(value=given.Vehicle.model_validate(row), status=status, headers=headers)


def _driver(row: DriverRow, status: int = 200) -> Reply:
    headers = {"ETag": answers.version_tag(row.version)}
    if status == 201:
        headers |= answers.location("drivers", row.id)
    return Reply(value=given.Driver.model_validate(row), status=status, headers=headers)


@table.add("GET", "/vehicles", scopes=READ, query=taken.VehicleQuery, answer=given.VehiclePage,
           paged=True)  # fmt: skip
async def list_vehicles(call: Call) -> Reply:
    """Vehicles by plate."""
    q = call.query
    rows = await call.service.firms.fleet.vehicles(
        call.firm, text=q.text, kind=q.kind or "", retired=q.retired,
        after=cursors.decode_name(q.cursor), most=q.limit + 1,
    )  # fmt: skip
    return answers.page(
        call, given.VehiclePage, given.Vehicle, rows, lambda row: cursors.encode_name(row.plate)
    )


@table.add("POST", "/vehicles", scopes=WRITE, body=taken.VehicleIn, answer=given.Vehicle,
           status=201, tagged=True, errors=(409,))  # fmt: skip
async def add_vehicle(call: Call) -> Reply:
    """Add a vehicle to the fleet."""
    values = call.body.model_dump(mode="json")
    row = await call.service.firms.fleet.save_vehicle(call.firm, values, actor=call.actor)
    return _vehicle(row, 201)


@table.add("GET", "/vehicles/{vehicle}", scopes=READ, answer=given.Vehicle, tagged=True)
async def get_vehicle(call: Call) -> Reply:
    """One vehicle."""
    return _vehicle(await call.service.firms.fleet.vehicle(call.firm, call.ids["vehicle"]))


@table.add("PUT", "/vehicles/{vehicle}", scopes=WRITE, body=taken.VehicleIn,
           answer=given.Vehicle, tagged=True, errors=(409,))  # fmt: skip
async def change_vehicle(call: Call) -> Reply:
    """Change a vehicle; with If-Match only where nobody changed it meanwhile."""
    row = await call.service.firms.fleet.save_vehicle(
        call.firm, call.body.model_dump(mode="json"), actor=call.actor,
        vehicle=call.ids["vehicle"], version=answers.version_wanted(call),
    )  # fmt: skip
    return _vehicle(row)


@table.add("DELETE", "/vehicles/{vehicle}", scopes=WRITE, status=204)
async def retire_vehicle(call: Call) -> Reply:
    """Take a vehicle out of use; declarations keep it."""
    await call.service.firms.fleet.retire_vehicle(call.firm, call.ids["vehicle"], actor=call.actor)
    return Reply(status=204)


@table.add("GET", "/drivers", scopes=READ, query=taken.DriverQuery, answer=given.DriverPage,
           paged=True)  # fmt: skip
async def list_drivers(call: Call) -> Reply:
    """Drivers, the newest first."""
    q = call.query
    rows = await call.service.firms.fleet.drivers(
        call.firm, text=q.text, retired=q.retired, after=cursors.decode(q.cursor),
        most=q.limit + 1,
    )  # fmt: skip
    return answers.page(call, given.DriverPage, given.Driver, rows, answers.by_time("created_at"))


@table.add("POST", "/drivers", scopes=WRITE, body=taken.DriverIn, answer=given.Driver,
           status=201, tagged=True, errors=(409,))  # fmt: skip
async def add_driver(call: Call) -> Reply:
    """Add a driver."""
    values = call.body.model_dump(mode="json")
    return _driver(
        await call.service.firms.fleet.save_driver(call.firm, values, actor=call.actor), 201
    )


@table.add("GET", "/drivers/{driver}", scopes=READ, answer=given.Driver, tagged=True)
async def get_driver(call: Call) -> Reply:
    """One driver."""
    return _driver(await call.service.firms.fleet.driver(call.firm, call.ids["driver"]))


@table.add("PUT", "/drivers/{driver}", scopes=WRITE, body=taken.DriverIn, answer=given.Driver,
           tagged=True, errors=(409,))  # fmt: skip
async def change_driver(call: Call) -> Reply:
    """Change a driver; with If-Match only where nobody changed him meanwhile."""
    row = await call.service.firms.fleet.save_driver(
        call.firm, call.body.model_dump(mode="json"), actor=call.actor,
        driver=call.ids["driver"], version=answers.version_wanted(call),
    )  # fmt: skip
    return _driver(row)


@table.add("DELETE", "/drivers/{driver}", scopes=WRITE, status=204)
async def retire_driver(call: Call) -> Reply:
    """Take a driver out of service; declarations keep him."""
    await call.service.firms.fleet.retire_driver(call.firm, call.ids["driver"], actor=call.actor)
    return Reply(status=204)
