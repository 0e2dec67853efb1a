"""Who may see which reasons: watchlist hits are for supervisors; others see a plain referral."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gate.core.reasons import reason
from schemas.transit import Reason

MAY_SEE_RESTRICTED = frozenset({"supervisor"})
"""Roles that may see watchlist hits (general practice; the driver's sign never shows them)."""


def shown_to(role: str, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons as this role may see them: restricted ones become one ``REFERRED``."""
    if role in MAY_SEE_RESTRICTED:
        return tuple(reasons)
    shown: list[Reason] = []
    hidden = False
    for one in reasons:
        if not one.restricted:
            shown.append(one)
        elif not hidden:
            hidden = True
            plain = reason("REFERRED", "refer this truck; the supervisor knows why")
            shown.append(replace(plain, second=one.second))
    return tuple(shown)


def open_codes(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """The codes for logs, metrics and signs, without what is restricted."""
    return tuple(dict.fromkeys("REFERRED" if r.restricted else r.code for r in reasons))
