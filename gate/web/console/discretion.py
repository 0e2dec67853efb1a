"""What a viewer may see of a snapshot: watchlist hits are for supervisors alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gate.core.discretion import MAY_SEE_RESTRICTED, shown_to
from gate.core.reasons import RULES
from gate.store.plain import DECISION, to_plain

REFERRED = "REFERRED"


def snapshot_for(role: str, snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot as this role may see it; the given one is not changed."""
    if role in MAY_SEE_RESTRICTED:
        return snapshot
    transit = snapshot["transit"]
    if transit is not None and transit["decision"] is not None:
        transit = {**transit, "decision": decision_for(role, transit["decision"])}
    recent = [{**row, "codes": codes_for(role, row["codes"])} for row in snapshot["recent"]]
    return {**snapshot, "transit": transit, "recent": recent}


def decision_for(role: str, row: dict[str, Any]) -> dict[str, Any]:
    """A stored decision's row as this role may see it."""
    decision = DECISION.validate_python(row["decision"])
    shown = replace(decision, reasons=shown_to(role, decision.reasons))
    return {
        **row,
        "codes": codes_for(role, row["codes"]),
        "decision": to_plain(DECISION, shown),
    }


def codes_for(role: str, codes: Iterable[str] | None) -> list[str]:
    """Reason codes as this role may see them."""
    if role in MAY_SEE_RESTRICTED:
        return list(codes or ())
    return list(dict.fromkeys(REFERRED if _restricted(c) else c for c in codes or ()))


def _restricted(code: str) -> bool:
    rule = RULES.get(code)
    return rule is not None and rule.restricted
