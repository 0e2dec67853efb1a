"""The names of what firms are told, and what a web call says."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from gate.core.audit import moment
from gate.store.notices import NoticeRow

EVENTS: tuple[str, ...] = (
    "declaration.submitted", "declaration.accepted", "declaration.rejected",
    "declaration.reopened", "declaration.arrived", "declaration.clearing", "declaration.cleared",
    "declaration.released", "declaration.departed", "declaration.closed",
    "declaration.cancelled", "declaration.expired", "declaration.amended",
    "declaration.clearance", "declaration.slot", "declaration.fee", "declaration.pass",
)  # fmt: skip
PING = "ping"


def name_of(notice: NoticeRow) -> str:
    """The event's name: the new status, or what happened beside the steps."""
    if notice.kind != "status":
        return f"declaration.{notice.kind}"
    if notice.to_status == "draft":
        return "declaration.reopened"
    return f"declaration.{notice.to_status}"


def letter_name(notice: NoticeRow) -> str:
    """Which letter tells of the event."""
    if notice.kind == "clearance" and notice.data.get("word") == "failed":
        return "declaration.clearance_failed"
    if notice.kind == "fee" and notice.data.get("done") == "recomputed":
        return "declaration.fee_recomputed"
    return name_of(notice)


def facts_of(notice: NoticeRow) -> dict[str, str]:
    """What a letter may say of the event."""
    said = {name: str(notice.data.get(name, "")) for name in ("reason", "note", "authority")}
    sums = {name: f"{int(notice.data.get(name) or 0):,}" for name in ("due", "credit")}
    return {
        "number": notice.declaration, "plate": notice.plate, "amount": f"{notice.amount:,}",
        "currency": notice.currency or str(notice.data.get("currency", "")), **sums, **said,
    }  # fmt: skip


def body_of(event: str, delivery: UUID, notice: NoticeRow) -> str:
    """What is sent to a webhook. ``id`` is the delivery's: the same at every attempt."""
    shown = {name: value for name, value in notice.data.items() if name != "note"}
    plain: dict[str, Any] = {
        "id": str(delivery), "event": event, "at": moment(notice.at),
        "declaration": {"id": str(notice.declaration_id), "number": notice.declaration,
                        "status": notice.to_status, "plate": notice.plate},
        "number": notice.number, "data": shown,
    }  # fmt: skip
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def ping_body(delivery: UUID, at: str) -> str:
    """What a test delivery says."""
    plain = {"id": str(delivery), "event": PING, "at": at}
    return json.dumps(plain, separators=(",", ":"))
