"""The events of a declaration as sentences of a time line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gate.store.declaration_events import EventRow
from gate.web.language import N_, _
from gate.web.portal.status_words import AUTHORITIES, CLEARANCES, STATUSES, state
from gate.web.shown import number

KINDS = {
    "amended": N_("Amended"),
    "slot": N_("Time slot"),
    "fee": N_("Fee"),
    "pass": N_("Gate pass"),
}
STEPS = {
    "booked": N_("booked"),
    "given_back": N_("given back"),
    "issued": N_("was issued"),
    "revoked": N_("ended"),
    "due": N_("due"),
    "paid": N_("paid"),
    "waived": N_("waived"),
    "void": N_("void"),
    "recomputed": N_("computed anew"),
    "returned": N_("paid back"),
}
"""What happened to a slot, a pass or a fee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    """One line: when, who, what in words and its colour of state, and the reason or hour."""

    at: datetime
    actor: str
    kind: str
    words: str
    note: str = ""
    hour: datetime | None = None


def shown_events(events: Iterable[EventRow]) -> list[ShownEvent]:
    """The lines of the time line, the newest first."""
    return [_shown(event) for event in reversed(list(events))]


def _shown(event: EventRow) -> ShownEvent:
    kind, words = "calm", event.kind
    if event.kind == "status":
        kind, words = state(STATUSES, event.to_status)
    elif event.kind == "clearance":
        kind, said = state(CLEARANCES, str(event.data.get("word", "")))
        words = f"{_(AUTHORITIES.get(str(event.data.get('authority')), N_('Clearance')))}: {said}"
    elif event.kind in KINDS:
        words = _(KINDS[event.kind])
        step = next((STEPS[v] for v in map(str, event.data.values()) if v in STEPS), "")
        words = f"{words}: {_(step)}" if step else words
    return ShownEvent(
        at=event.at, actor=event.actor, kind=kind, words=words,
        note=_fees(event) or str(event.data.get("reason") or event.data.get("note") or ""),
        hour=_hour(event.data.get("starts_at") or event.data.get("slot_at")),
    )  # fmt: skip


def _fees(event: EventRow) -> str:
    """What is due, or was paid too much, after fees were computed anew."""
    if event.data.get("done") != "recomputed":
        return ""
    due, credit = (int(event.data.get(name) or 0) for name in ("due", "credit"))
    currency = str(event.data.get("currency", ""))
    said = []
    if due or not credit:
        said.append(_("Due now: %(amount)s %(currency)s", amount=number(due), currency=currency))
    if credit:
        amount = number(credit)
        said.append(_("Paid too much: %(amount)s %(currency)s", amount=amount, currency=currency))
    return ". ".join(said)


def _hour(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
