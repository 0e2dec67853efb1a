"""What is due of a declaration, or was paid too much, after the tariff was applied again.

What was paid stays paid and what was waived stays waived. Of each code: what is owed less both is
due; what was paid beyond it is a credit. One code does not pay for another: they may be collected
for different authorities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gate.core.filing.content import Content
from gate.core.filing.life import differing

CHARGED_FOR = frozenset({"tractor", "trailer", "direction", "goods", "containers", "gross_kg"})
"""Fields, or groups of fields, for which fees are charged: only their change charges anew, so
that nobody pays more for a corrected telephone number because the tariff rose meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The fees of one code in whole units of one currency: sums by status, without void ones."""

    code: str
    currency: str
    due: int = 0
    paid: int = 0
    waived: int = 0
    credit: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a code's open item has to be instead of what it is: an amount due, or a credit, or
    neither; never both.
    """

    code: str
    due: int
    credit: int


def charges_anew(before: Content, after: Content) -> bool:
    """Whether an amendment changes something for which fees are charged."""
    return bool(differing(before, after) & CHARGED_FOR)


def rebalanced(
    owed: Mapping[str, int], accounts: Iterable[Account], currency: str
) -> tuple[Balance, ...]:
    """The codes whose open items have to change, so that all that is owed (code -> amount in
    ``currency``) is settled or due; in order of code.

    A code with items in another currency is left alone: amounts of two can't be compared.
    """
    known = {one.code: one for one in accounts}
    changed = []
    for code in sorted(known.keys() | owed.keys()):
        have = known.get(code, Account(code=code, currency=currency))
        if have.currency != currency:
            continue
        rest = owed.get(code, 0) - (have.paid - have.returned) - have.waived
        due = max(0, rest)
        credit = min(max(0, -rest), max(0, have.paid - have.returned))
        if (due, credit) != (have.due, have.credit):
            changed.append(Balance(code=code, due=due, credit=credit))
    return tuple(changed)
