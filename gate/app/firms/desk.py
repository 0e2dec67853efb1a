"""All that firms do, in one place for the pages and the API: ``Service.firms``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any
from zoneinfo import ZoneInfo

from config.settings import Settings
from gate.app.clock import Clock
from gate.app.firms.bulk.desk import Bulk
from gate.app.firms.checking import Gate
from gate.app.firms.clearances import ClearanceDesk
from gate.app.firms.courier import Courier
from gate.app.firms.fees import FeeDesk
from gate.app.firms.filing import Filing
from gate.app.firms.fleet import Fleet
from gate.app.firms.keys import ApiKeys
from gate.app.firms.letter_choices import LetterChoices
from gate.app.firms.notices import Notices
from gate.app.firms.passes import Passes
from gate.app.firms.people import People
from gate.app.firms.postman import Postman
from gate.app.firms.registration import Registration
from gate.app.firms.slots import Slots
from gate.app.firms.webhooks import Webhooks
from gate.app.firms.wording import Translate
from gate.app.metrics import Metrics
from gate.app.pass_key import PassKey
from gate.app.vault import Vault
from gate.store.errors import StoreError
from gate.store.pool import Database
from schemas.tariff import Tariff

log = logging.getLogger(__name__)

EXPIRE_S = 300.0


class Firms:
    """The desks that serve firms, over one database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        metrics: Metrics,
        key: PassKey,
        tariff: Tariff,
        vault: Vault,
    ) -> None:
        site, loopback = settings.site, settings.firms.webhooks_to_loopback
        gate = Gate(site, ZoneInfo(settings.web.timezone))
        self.notices = Notices(database, clock, site)
        self.letter_choices = LetterChoices(database, clock)
        self.registration = Registration(database, clock, self.notices.tell)
        self.people = People(database, clock)
        self.fleet = Fleet(database, clock, gate)
        self.fees = FeeDesk(database, clock, tariff)
        self.passes = Passes(database, clock, key)
        self.slots = Slots(database, clock, site, self.passes, settings.firms.trucks_an_hour)
        self.filing = Filing(database, clock, gate, self.fees, self.passes)
        self.clearances = ClearanceDesk(database, clock, gate, self.fees)
        self.bulk = Bulk(database, clock, gate, self.filing, self.notices, settings.web.address)
        self.keys = ApiKeys(database, clock)
        self.webhooks = Webhooks(database, clock, vault, loopback=loopback)
        self._postman = Postman(database, clock, settings.mail, metrics)
        self._courier = Courier(database, clock, metrics, vault, loopback=loopback)

    def speak(self, translate: Translate) -> None:
        """Write letters with these catalogues from now on."""
        self.notices.translate = translate

    def work(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What runs beside the service for ever: name -> coroutine."""
        return {
            "notices": self.notices.run(), "letters": self._postman.run(),
            "web calls": self._courier.run(), "expiry": self._expire(),
            "uploads": self.bulk.filer.run(),
        }  # fmt: skip

    async def _expire(self) -> None:
        while True:
            try:
                await self.clearances.expire()
                await self.filing.forget()
                await self.bulk.forget()
                await self.notices.forget()
            except StoreError as error:
                log.warning("what is too old could not be put away: %s", error)
            await asyncio.sleep(EXPIRE_S)
