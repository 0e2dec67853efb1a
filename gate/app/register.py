"""The register of lanes and devices in memory: who may speak, and with which key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace

from devices.stamping import Stamper
from gate.app.clock import utc_now
from gate.app.device_keys import unlocked
from gate.app.vault import Vault, VaultBroken
from gate.store import audit
from gate.store import devices as device_store
from gate.store import lanes as lane_store
from gate.store.devices import DeviceRow
from gate.store.errors import StoreError
from gate.store.lanes import LaneRow
from gate.store.pool import Database
from schemas.status import Clock, ClockTrust
from schemas.topics import Topic

log = logging.getLogger(__name__)

REFRESH_S = 10.0
"""A device that was registered while we run is known at the latest after this."""


class Register:
    """Lanes and devices of the gate, re-read from the database every few seconds.

    Devices' keys are in clear here, and nowhere else.
    """

    def __init__(self, database: Database, site: str, vault: Vault) -> None:
        self.site = site
        self._database = database
        self._vault = vault
        self._devices: dict[tuple[str, str], DeviceRow] = {}
        self._stampers: dict[tuple[str, str], Stamper] = {}
        self._changed: dict[tuple[str, str], str] = {}
        self.lanes: dict[str, LaneRow] = {}

    async def refresh(self) -> None:
        """Read the register anew; raises ``StoreError``."""
        await self._keep_changed_keys()
        lanes = await lane_store.all_lanes(self._database)
        devices = await device_store.all_devices(self._database)
        self.lanes = {row.id: row for row in lanes}
        self._devices = {(row.lane, row.id): row for row in self._unlocked(devices)}

    def _unlocked(self, rows: Iterable[DeviceRow]) -> Iterator[DeviceRow]:
        """Keys in clear, once a refresh and not for each message. A device whose key can't be
        unlocked is none of ours: what it says is refused.
        """
        for row in rows:
            try:
                yield unlocked(self._vault, row)
            except VaultBroken as error:
                log.error("device %s on lane %s is left out: %s", row.id, row.lane, error)

    async def keep_fresh(self) -> None:
        """Refresh for ever; a database that is away leaves the last known register."""
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.refresh()
            except StoreError as error:
                log.warning("the register could not be read again: %s", error)

    @property
    def devices(self) -> tuple[DeviceRow, ...]:
        """All registered devices."""
        return tuple(self._devices.values())

    def device(self, lane: str, device: str) -> DeviceRow | None:
        """The registered device, or None."""
        return self._devices.get((lane, device))

    def of_lane(self, lane: str) -> tuple[DeviceRow, ...]:
        """All devices of a lane."""
        return tuple(row for (at, _), row in self._devices.items() if at == lane)

    def barrier(self, lane: str) -> DeviceRow | None:
        """The lane's barrier, or None where it has none."""
        return next((row for row in self.of_lane(lane) if row.kind == "barrier"), None)

    def find_secret(self, topic: Topic, key: str) -> bytes | None:
        """The secret of ``key`` if the topic's device may use it (for ``schemas.signing``)."""
        row = self._devices.get((topic.lane, topic.device))
        if row is None or topic.site != self.site or not key:
            return None
        if key == row.next_key_id:
            return row.next_secret
        return row.secret if key == row.key_id else None

    def heard(self, topic: Topic, key: str) -> None:
        """A message was rightly signed with this key: where it is the device's new one, the old
        key is worth nothing from now on.
        """
        place = (topic.lane, topic.device)
        row = self._devices.get(place)
        if row is None or not row.next_key_id or row.next_key_id != key:
            return
        self._devices[place] = replace(
            row, key_id=key, secret=row.next_secret, next_key_id="", next_secret=b""
        )
        self._changed[place] = key
        log.info("device %s on lane %s has changed to its new key", topic.device, topic.lane)

    async def _keep_changed_keys(self) -> None:
        for (lane, device), key in tuple(self._changed.items()):
            async with self._database.transaction() as connection:
                await device_store.change_key(connection, lane, device, key, utc_now())
                await audit.administer(
                    connection, at=utc_now(), actor=f"device/{lane}.{device}",
                    action="device_key_in_use", subject=f"{lane}/{device}", data={"key": key},
                )  # fmt: skip
            del self._changed[lane, device]

    def note_clock(self, lane: str, device: str, clock: Clock) -> None:
        """What a heartbeat just said of the device's clock: known before the next refresh."""
        row = self._devices.get((lane, device))
        if row is not None:
            offset = None if clock.trust is ClockTrust.UNSET else clock.offset_ms
            self._devices[lane, device] = replace(
                row, clock_trust=clock.trust.value, offset_ms=offset
            )

    def stamper(self, device: DeviceRow) -> Stamper:
        """Our sequence of messages to this device, signed with its key."""
        place = (device.lane, device.id)
        stamper = self._stampers.get(place)
        if stamper is None or stamper.key != device.key_id:
            stamper = self._stampers[place] = Stamper(device.key_id)
        return stamper
