"""What another policy would have decided: past decisions are made again under both."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.core.decide import decide
from gate.core.discretion import open_codes
from gate.store import transits
from gate.store.plain import INPUTS
from gate.store.pool import Database
from schemas.policy import Policy
from schemas.transit import Decision

AT_ONCE = 5
"""Decisions made anew before others get the loop: about ten milliseconds."""
REST_S = 0.005
"""The loop is left alone for so long after each of them: lanes come first."""
PAGE = 200
MOST = 20_000
"""Decisions that a preview on a page looks at, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One decision that would be another."""

    transit: UUID
    at: datetime
    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How many decisions were made again, and which differ. ``moves`` counts outcomes."""

    total: int
    changes: tuple[Change, ...]

    @property
    def moves(self) -> list[tuple[str, str, int]]:
        """Outcome before, outcome after, how many; most first."""
        found = Counter((c.before.outcome.value, c.after.outcome.value) for c in self.changes)
        return [(one, other, times) for (one, other), times in found.most_common()]


def compare(rows: list[dict[str, Any]], before: Policy, after: Policy) -> Iterator[Change]:
    """Decide each row's inputs under both policies; yields what differs."""
    for row in rows:
        inputs = INPUTS.validate_python(row["inputs"])
        old, new = decide(inputs, before), decide(inputs, after)
        if short(old) != short(new):
            yield Change(transit=row["transit_id"], at=row["at"], before=old, after=new)


async def preview(
    database: Database, before: Policy, after: Policy, since: datetime, most: int = MOST
) -> Comparison:
    """Compare on the machine's newest decisions since then, in slices so that lanes are not
    kept waiting; raises ``StoreError``.
    """
    changes: list[Change] = []
    total, last = 0, None
    while total < most:
        rows = await transits.decisions_before(database, since, last, min(PAGE, most - total))
        for first in range(0, len(rows), AT_ONCE):
            changes += compare(rows[first : first + AT_ONCE], before, after)
            await asyncio.sleep(REST_S)
        total += len(rows)
        if len(rows) < PAGE:
            break
        last = (rows[-1]["at"], rows[-1]["id"])
    return Comparison(total=total, changes=tuple(changes[::-1]))


def short(decision: Decision) -> str:
    """Outcome and codes in a line, for tools."""
    codes = ", ".join(dict.fromkeys(r.code for r in decision.reasons))
    return f"{decision.outcome}: {codes}"


def codes_of(decision: Decision) -> tuple[str, ...]:
    """The codes that everybody may see."""
    return tuple(dict.fromkeys(open_codes(decision.reasons)))
