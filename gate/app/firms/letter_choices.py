"""The events that a firm wants as e-mail, chosen by its administrators; at first all."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms.errors import UnknownRecord
from gate.app.firms.wording import LETTERS
from gate.store import audit, letter_choices
from gate.store.pool import Database

CHOOSABLE = tuple(event for event in LETTERS if not event.startswith("firm."))
"""Letters about declarations and uploads; those about the firm itself are always sent."""


class LetterChoices:
    """Keeps which letters a firm wants."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def wanted(self, firm: UUID) -> frozenset[str]:
        """The events that the firm is written about."""
        async with self._database.connection() as connection:
            return frozenset(CHOOSABLE) - await letter_choices.unwanted(connection, firm)

    async def choose(self, firm: UUID, wanted: Iterable[str], *, actor: str) -> None:
        """Write about these events only; raises ``UnknownRecord``."""
        no = frozenset(CHOOSABLE) - frozenset(wanted)
        async with self._database.transaction() as connection:
            if not await letter_choices.set_unwanted(connection, firm, no):
                raise UnknownRecord("firm")
            await audit.administer(
                connection, at=self._clock.now(), actor=actor, action="firm.letters",
                subject=str(firm), data={"unwanted": sorted(no)},
            )  # fmt: skip
