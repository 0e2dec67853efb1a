"""What a viewer may see: watchlist hits are for supervisors alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gate.core.discretion import MAY_SEE_RESTRICTED, shown_to
from gate.core.reasons import RULES
from gate.store.plain import DECISION, to_plain

REFERRED = "REFERRED"


def sees_all(role: str) -> bool:
    """Whether the role may see restricted reasons."""
    return role in MAY_SEE_RESTRICTED


def reasons_for(role: str, decision: dict[str, Any]) -> list[dict[str, Any]]:
    """The reasons of a stored decision (its plain value) as this role may see them."""
    if sees_all(role):
        return list(decision["reasons"])
    made = DECISION.validate_python(decision)
    plain = to_plain(DECISION, replace(made, reasons=shown_to(role, made.reasons)))
    return list(plain["reasons"])


def codes_for(role: str, codes: Iterable[str] | None, all_codes: Iterable[str] = ()) -> list[str]:
    """Reason codes as this role may see them; ``all_codes`` are for those who may see all."""
    if sees_all(role):
        return list(all_codes or codes or ())
    return list(dict.fromkeys(REFERRED if _restricted(c) else c for c in codes or ()))


def _restricted(code: str) -> bool:
    rule = RULES.get(code)
    return rule is not None and rule.restricted
