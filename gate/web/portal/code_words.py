"""Words of the codes that programs use: scopes of keys, events of webhooks, kinds of fees."""

from __future__ import annotations

from gate.web.language import N_, _
from gate.web.portal.status_words import STATUSES

SCOPE_WORDS: dict[str, str] = {
    "declarations.read": N_("read declarations"),
    "declarations.write": N_("file and change declarations"),
    "fleet.read": N_("read vehicles and drivers"),
    "fleet.write": N_("change vehicles and drivers"),
    "slots.write": N_("book time slots"),
    "passes.read": N_("read gate passes"),
    "transits.read": N_("read transits"),
    "statistics.read": N_("read statistics"),
    "webhooks.write": N_("change webhooks"),
    "clearances.write": N_("accept and clear declarations, note payments"),
    "sightings.exchange": N_("tell and ask where plates were seen"),
}
EVENT_WORDS: dict[str, str] = {
    "declaration.reopened": N_("opened again"),
    "declaration.amended": N_("amended"),
    "declaration.clearance": N_("clearance given or taken back"),
    "declaration.clearance_failed": N_("not cleared by an authority"),
    "declaration.slot": N_("time slot booked or given back"),
    "declaration.fee": N_("fee paid or waived"),
    "declaration.fee_recomputed": N_("fees changed by an amendment"),
    "declaration.pass": N_("gate pass issued or ended"),
    "upload.filed": N_("upload filed: one e-mail for all its declarations"),
    "ping": N_("test"),
}
FEE_WORDS: dict[str, str] = {
    "infrastructure": N_("Infrastructure fee"),
    "yard": N_("Yard fee"),
}
"""Fees of the shipped tariff; a gate's own codes stand for themselves."""


def event_word(code: str) -> str:
    """What an event is called; steps of a declaration are called by the status they lead to."""
    name = code.rpartition(".")[2]
    if code in EVENT_WORDS:
        return _(EVENT_WORDS[code])
    return _(STATUSES[name][1]) if name in STATUSES else code


def fee_word(code: str) -> str:
    """What a fee is called."""
    return _(FEE_WORDS[code]) if code in FEE_WORDS else code
