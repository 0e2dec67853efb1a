"""The desks of supervisors and administrators over a running service, put together once."""

from __future__ import annotations

from gate.app.data_desk import DataDesk
from gate.app.device_desk import DeviceDesk
from gate.app.four_eyes import FourEyes
from gate.app.people import People
from gate.app.policy_desk import PolicyDesk
from gate.app.runtime import Service
from gate.app.system_key_desk import SystemKeyDesk
from gate.app.watch_desk import WatchDesk
from gate.core.four_eyes import ActKind


class Desks:
    """Every desk, and the acts of two persons that they carry out."""

    def __init__(self, service: Service) -> None:
        database, clock = service.database, service.clock
        self.people = People(database, clock)
        self.watch = WatchDesk(database, clock)
        self.policy = PolicyDesk(database, service.decider, clock)
        self.devices = DeviceDesk(database, clock, service.vault, service.register)
        self.system_keys = SystemKeyDesk(database, clock, service.firms.keys, service.settings.site)
        self.data = DataDesk(database, service.keeper, clock)
        self.acts = FourEyes(
            database,
            clock,
            {
                ActKind.WATCHLIST_ADD: self.watch.add,
                ActKind.WATCHLIST_END: self.watch.end,
                ActKind.WATCHLIST_RENEW: self.watch.renew,
                ActKind.POLICY: self.policy.put_in_force,
                ActKind.DEVICE_ADD: self.devices.add,
                ActKind.DEVICE_KEY: self.devices.new_key,
                ActKind.DEVICE_RETIRE: self.devices.retire,
                ActKind.SYSTEM_KEY: self.system_keys.make,
                ActKind.ERASE_PERSON: self.data.erase,
                ActKind.HOLD_END: self.data.end_hold,
            },
        )
