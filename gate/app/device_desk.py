"""Lanes and devices as administrators handle them. Keys take two persons; all is audited."""

from __future__ import annotations

import secrets
from typing import Any

from gate.app.clock import Clock
from gate.app.device_keys import lock_key, locked
from gate.app.four_eyes import Carried, NotDone
from gate.app.register import Register
from gate.app.vault import Vault
from gate.store import audit, devices, lanes
from gate.store.devices import DeviceRow
from gate.store.pool import Connection, Database
from gate.store.proposals import Proposal
from schemas.declarations import Direction
from schemas.ids import check_name
from schemas.protocol_errors import BadName
from schemas.status import DeviceKind

KINDS = tuple(kind.value for kind in DeviceKind)
KEY_BYTES = 32


class DeviceDesk:
    """What is done to lanes and devices. ``register`` is told at once where one is given."""

    def __init__(
        self, database: Database, clock: Clock, vault: Vault, register: Register | None = None
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._register = register

    async def add_lane(self, lane: str, name: str, direction: str, by: str) -> None:
        """Register a lane; raises ``NotDone``. A running service takes it within seconds."""
        _check_names(lane, "x")
        if not name.strip() or len(name) > 80:
            raise NotDone("lane_name")
        if direction not in {d.value for d in Direction}:
            raise NotDone("direction")
        known = {row.id for row in await lanes.all_lanes(self._database)}
        if lane in known:
            raise NotDone("lane_known", lane=lane)
        async with self._database.transaction() as connection:
            await lanes.add_lane(connection, lane, name.strip(), Direction(direction))
            await self._audit(connection, by, "lane_add", lane, {"name": name})
        await self._refresh()

    async def rename_lane(self, lane: str, name: str, by: str) -> None:
        """Give a lane another name; raises ``NotDone``."""
        if not name.strip() or len(name) > 80:
            raise NotDone("lane_name")
        async with self._database.transaction() as connection:
            if not await lanes.rename(connection, lane, name.strip()):
                raise NotDone("no_lane", lane=lane)
            await self._audit(connection, by, "lane_rename", lane, {"name": name})
        await self._refresh()

    async def prepare_add(self, lane: str, device: str, kind: str) -> dict[str, Any]:
        """Check a new device before anybody is asked to confirm it; raises ``NotDone``."""
        _check_names(lane, device)
        if kind not in KINDS:
            raise NotDone("kind")
        if lane not in {row.id for row in await lanes.all_lanes(self._database)}:
            raise NotDone("no_lane", lane=lane)
        if device in {row.id for row in await devices.of_lane(self._database, lane)}:
            raise NotDone("device_known", device=device, lane=lane)
        return {"lane": lane, "device": device, "kind": kind}

    async def prepare(self, lane: str, device: str, **more: Any) -> dict[str, Any]:
        """Check that a device is there; raises ``NotDone``."""
        if device not in {row.id for row in await devices.of_lane(self._database, lane)}:
            raise NotDone("no_device", device=device, lane=lane)
        return {"lane": lane, "device": device, **more}

    async def add(self, connection: Connection, proposal: Proposal) -> Carried:
        """Register the device; its key is shown once."""
        lane, device = proposal.data["lane"], proposal.data["device"]
        now, secret = self._clock.now(), secrets.token_bytes(KEY_BYTES)
        row = DeviceRow(
            lane=lane, id=device, kind=proposal.data["kind"], secret=secret,
            key_id=_key_id(lane, device, await self._used(connection, lane, device)),
        )  # fmt: skip
        if not await devices.register(connection, locked(self._vault, row), now):
            raise NotDone("device_known", device=device, lane=lane)
        facts = {"kind": row.kind, "key": row.key_id, "second": proposal.second}
        await self._audit(connection, proposal.proposed_by, "device_add", f"{lane}/{device}", facts)
        return Carried(once=_shown(row.key_id, secret), after=self._refresh)

    async def new_key(self, connection: Connection, proposal: Proposal) -> Carried:
        """A new key, shown once. The old one works until the device first uses the new one, or
        not at all any more where it is to be revoked ``at_once``.
        """
        lane, device = proposal.data["lane"], proposal.data["device"]
        row = await devices.one(connection, lane, device)
        if row is None:
            raise NotDone("no_device", device=device, lane=lane)
        secret = secrets.token_bytes(KEY_BYTES)
        key_id = _next_key_id(row.next_key_id or row.key_id)
        kept = lock_key(self._vault, lane, device, key_id, secret)
        await devices.offer_key(connection, lane, device, key_id, kept)
        at_once = bool(proposal.data.get("at_once"))
        if at_once:
            await devices.change_key(connection, lane, device, key_id, self._clock.now())
        facts = {"key": key_id, "at_once": at_once, "second": proposal.second}
        await self._audit(connection, proposal.proposed_by, "device_key", f"{lane}/{device}", facts)
        return Carried(once=_shown(key_id, secret), after=self._refresh)

    async def retire(self, connection: Connection, proposal: Proposal) -> Carried:
        """The device may speak no more."""
        lane, device = proposal.data["lane"], proposal.data["device"]
        if await devices.one(connection, lane, device) is None:
            raise NotDone("no_device", device=device, lane=lane)
        await devices.retire(connection, lane, device, self._clock.now())
        facts = {"second": proposal.second}
        await self._audit(
            connection, proposal.proposed_by, "device_retire", f"{lane}/{device}", facts
        )
        return Carried(after=self._refresh)

    async def _used(self, connection: Connection, lane: str, device: str) -> str:
        """The key id that a retired device of this name had last, or empty."""
        return await devices.last_key_id(connection, lane, device)

    async def _refresh(self) -> None:
        if self._register is not None:
            await self._register.refresh()

    async def _audit(
        self, connection: Connection, by: str, action: str, subject: str, facts: dict[str, Any]
    ) -> None:
        await audit.administer(
            connection, at=self._clock.now(), actor=by, action=action, subject=subject, data=facts
        )


def _check_names(lane: str, device: str) -> None:
    try:
        check_name(lane, "lane")
        check_name(device, "device")
    except BadName as error:
        raise NotDone("bad_name", why=str(error)) from None


def _key_id(lane: str, device: str, used: str) -> str:
    return _next_key_id(used) if used else f"{lane}.{device}"


def _next_key_id(key_id: str) -> str:
    """``lane-1.barrier`` -> ``lane-1.barrier.2`` -> ``lane-1.barrier.3``."""
    base, _dot, number = key_id.rpartition(".")
    return f"{base}.{int(number) + 1}" if number.isdigit() else f"{key_id}.2"


def _shown(key_id: str, secret: bytes) -> str:
    return f"{key_id} {secret.hex()}"
