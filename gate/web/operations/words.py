"""Codes of statistics in plain words: stages, ends, outcomes, reasons, answers, alarms."""

from __future__ import annotations

from typing import Any

from gate.web.console.alarm_words import alarm_title
from gate.web.console.sentences import tell
from gate.web.language import N_, _
from gate.web.operations.reason_words import REASONS

STAGES = {
    "arriving": N_("arriving"),
    "reading": N_("reading"),
    "deciding": N_("deciding"),
    "with_officer": N_("with the officer"),
    "releasing": N_("opening the barrier"),
    "passing": N_("passing"),
    "clearing": N_("closing the barrier"),
    "fault": N_("fault"),
}
PHASES = {
    "idle": N_("free"),
    "closed": N_("closed"),
    **STAGES,
}
ENDS = {
    "departed": N_("departed"),
    "turned_back": N_("turned back"),
    "referred_out": N_("referred out"),
    "aborted": N_("left before a decision"),
}
OUTCOMES = {
    "release": N_("release"),
    "hold": N_("hold"),
    "refer": N_("refer to inspection"),
    "deny": N_("deny"),
}
DIRECTIONS = {"export": N_("export"), "import": N_("import")}
KINDS = {
    "unaided": N_("cleared without an officer"),
    "held": N_("not released at once"),
    "overridden": N_("overridden"),
}
ANSWERS = {
    "flows": N_("The gate flows"),
    "quiet": N_("The gate is quiet"),
    "slow": N_("The gate is slow"),
    "stands": N_("The gate stands still"),
    "broken": N_("The gate is out of order"),
}
ANSWER_KINDS = {
    "flows": "go", "quiet": "calm", "slow": "hold", "stands": "stop", "broken": "fault",
}  # fmt: skip
WHY = {
    "wait_long": N_("trucks wait long"),
    "truck_waits_long": N_("a truck has waited for an officer for over 10 minutes"),
    "more_come": N_("more trucks are expected than the lanes can take"),
    "lanes_in_fault": N_("a lane is in fault"),
    "all_closed": N_("no lane is open"),
    "barriers_offline": N_("a barrier is offline"),
    "none_passed": N_("trucks wait and none has passed for 20 minutes"),
}


def told(table: dict[str, str], code: str) -> str:
    """The code in the reader's words; a code that is not in the table as it is."""
    return _(table[code]) if code in table else code.replace("_", " ")


def reason_words(code: str) -> str:
    """A reason's code in the reader's words."""
    return told(REASONS, code)


def alarm_words(kind: str) -> str:
    """What the alarm is called, as the console calls it, at the beginning of a line."""
    title = alarm_title(kind)
    return title[:1].upper() + title[1:]


def alarms_told(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures of this moment with what their alarms say, in the reader's language."""
    told_rows = [
        {**row, "title": alarm_words(row["kind"]), "text": tell(row["text"])}
        for row in figures["alarms"]
    ]
    return {**figures, "alarms": told_rows}


def all_words() -> dict[str, dict[str, str]]:
    """Every table in the reader's words, for the scripts of the live pages."""
    tables = {
        "phases": PHASES, "stages": STAGES, "directions": DIRECTIONS, "reasons": REASONS,
        "answers": ANSWERS, "why": WHY,
    }  # fmt: skip
    return {
        name: {code: _(words) for code, words in table.items()} for name, table in tables.items()
    }
