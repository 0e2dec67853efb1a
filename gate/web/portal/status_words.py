"""Words and colours of what portal and staff pages list: statuses, papers, events."""

from __future__ import annotations

from gate.web.language import N_, _

STATUSES = {
    "draft": ("calm", N_("draft")),
    "submitted": ("calm", N_("submitted")),
    "rejected": ("stop", N_("rejected")),
    "accepted": ("go", N_("accepted")),
    "arrived": ("calm", N_("arrived")),
    "clearing": ("calm", N_("being cleared")),
    "cleared": ("go", N_("cleared")),
    "released": ("go", N_("released")),
    "departed": ("go", N_("departed")),
    "closed": ("calm", N_("completed")),
    "cancelled": ("calm", N_("cancelled")),
    "expired": ("hold", N_("expired")),
}
"""Status of a declaration -> colour of state and word."""
CLEARANCES = {
    "pending": ("hold", N_("pending")),
    "passed": ("go", N_("granted")),
    "failed": ("stop", N_("failed")),
    "not_needed": ("calm", N_("not needed")),
}
AUTHORITIES = {
    "customs": N_("Customs"),
    "border_guard": N_("Border guard"),
    "quarantine": N_("Quarantine"),
    "fee": N_("Fee"),
}
FIRM_STATUSES = {
    "registered": ("hold", N_("applied")),
    "approved": ("go", N_("approved")),
    "refused": ("stop", N_("refused")),
    "suspended": ("stop", N_("suspended")),
}
DIRECTIONS = {"export": N_("Export"), "import": N_("Import")}
VEHICLE_KINDS = {
    "tractor": N_("Tractor"),
    "truck": N_("Truck without coupling"),
    "trailer": N_("Trailer"),
}
DOCUMENT_KINDS = {
    "identity_card": N_("Identity card"),
    "passport": N_("Passport"),
    "border_pass": N_("Border pass"),
}
COUNTRIES = {"VN": N_("Vietnam"), "CN": N_("China")}
NATIONALITIES = {"VNM": N_("Vietnamese"), "CHN": N_("Chinese")}
UNITS = {
    "KGM": N_("kilogram"),
    "TNE": N_("tonne"),
    "LTR": N_("litre"),
    "MTR": N_("metre"),
    "MTQ": N_("cubic metre"),
    "NMB": N_("pieces"),
    "CT": N_("cartons"),
    "BG": N_("bags"),
    "SET": N_("sets"),
}
"""Units of UN/ECE Recommendation 20 and 21 that goods of this border are counted in [k]."""


def options(table: dict[str, str]) -> list[tuple[str, str]]:
    """The choices of a table in the reader's language."""
    return [(code, _(words)) for code, words in table.items()]


def word(table: dict[str, str], code: str) -> str:
    """The word of a code; an unknown code stands for itself."""
    return _(table[code]) if code in table else code


def state(table: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    """Colour of state and word of a code."""
    kind, words = table.get(code, ("calm", code))
    return kind, _(words)
