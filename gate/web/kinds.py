"""Names of kinds and states that several pages of supervisors show."""

from __future__ import annotations

from gate.web.language import N_, _

WATCH = {
    "plate": N_("Plate"),
    "person": N_("Person"),
    "firm": N_("Firm"),
    "container": N_("Container"),
}
OUTCOMES = {
    "release": N_("Release"),
    "hold": N_("Hold"),
    "refer": N_("Refer to inspection"),
    "deny": N_("Deny"),
}
OUTCOME_STATE = {"release": "go", "hold": "hold", "refer": "stop", "deny": "stop"}
ENDS = {
    "departed": N_("Departed"), "turned_back": N_("Turned back"),
    "referred_out": N_("Referred out"), "aborted": N_("Aborted"),
}  # fmt: skip
DEVICES = {
    "camera": N_("Camera"), "barrier": N_("Barrier"), "loop": N_("Loop"),
    "scale": N_("Weighbridge"), "seal_reader": N_("Seal reader"),
}  # fmt: skip
DIRECTIONS = {"export": N_("Export"), "import": N_("Import")}


def watch_kind(kind: str) -> str:
    """What a watchlist entry is about."""
    return _(WATCH[kind])


def outcome_name(outcome: str | None) -> str:
    """The outcome in words; a dash for none."""
    return _(OUTCOMES[outcome]) if outcome else "–"


def end_name(ended: str | None) -> str:
    """How a transit ended; under way where it has not."""
    return _(ENDS[ended]) if ended else _("Under way")


def choices(table: dict[str, str]) -> list[tuple[str, str]]:
    """Codes and names for a choice in a form."""
    return [(code, _(words)) for code, words in table.items()]
