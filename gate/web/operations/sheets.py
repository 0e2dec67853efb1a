"""The columns of exports, in the reader's words and the gate's zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gate.web.console.discretion import codes_for
from gate.web.language import _
from gate.web.operations.words import DIRECTIONS, ENDS, OUTCOMES, STAGES, reason_words, told

Cell = str | int | datetime | None
"""Times are local, without a zone: the heading names it."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading and its cell of a row."""

    heading: str
    cell: Callable[[Row], Cell]


def _local(zone: ZoneInfo, name: str) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        at: datetime | None = row[name]
        return None if at is None else at.astimezone(zone).replace(tzinfo=None, microsecond=0)

    return cell


def _own(name: str) -> Callable[[Row], Cell]:
    return lambda row: row[name]


def _seconds(name: str) -> Callable[[Row], Cell]:
    return lambda row: round(row[name] / 1000)


def _first_decision(row: Row) -> Cell:
    return told(OUTCOMES, row["outcome"]) if row["outcome"] else ""


def transit_columns(role: str, zone: str) -> tuple[Column, ...]:
    """The columns of a list of transits, as this role may see them."""
    at = ZoneInfo(zone)
    stages = tuple(
        Column(
            heading=_("Seconds: %(stage)s", stage=_(words)),
            cell=_seconds(f"{stage}_ms"),
        )
        for stage, words in STAGES.items()
    )
    return (
        Column(heading=_("Arrived (%(zone)s)", zone=zone), cell=_local(at, "began_at")),
        Column(heading=_("Ended (%(zone)s)", zone=zone), cell=_local(at, "ended_at")),
        Column(heading=_("Lane"), cell=lambda row: row["lane"] or row["lane_id"]),
        Column(heading=_("Direction"), cell=lambda row: told(DIRECTIONS, row["direction"])),
        Column(heading=_("Plate"), cell=_own("plate")),
        Column(heading=_("Declaration"), cell=_own("declaration")),
        Column(heading=_("First decision"), cell=_first_decision),
        Column(
            heading=_("Reasons"),
            cell=lambda row: "; ".join(reason_words(c) for c in codes_for(role, row["codes"])),
        ),
        Column(heading=_("Reason codes"), cell=lambda row: " ".join(codes_for(role, row["codes"]))),
        Column(heading=_("End"), cell=lambda row: told(ENDS, row["ended"])),
        Column(heading=_("Officers"), cell=lambda row: " ".join(row["officers"])),
        Column(heading=_("Overridden"), cell=lambda row: _("yes") if row["overridden"] else ""),
        Column(heading=_("Seconds at the lane"), cell=_seconds("dwell_ms")),
        *stages,
        Column(heading=_("Transit"), cell=lambda row: str(row["transit_id"])),
    )


def hour_columns(zone: str) -> tuple[Column, ...]:
    """The columns of the hourly table."""
    at = ZoneInfo(zone)
    counts = (
        (_("Departed"), "departed"), (_("Turned back"), "turned_back"),
        (_("Referred out"), "referred_out"), (_("Left before a decision"), "aborted"),
        (_("Cleared without an officer"), "unaided"), (_("Not released at once"), "held"),
        (_("Overridden"), "overridden"), (_("With a declaration"), "declared"),
    )  # fmt: skip
    return (
        Column(heading=_("Hour (%(zone)s)", zone=zone), cell=_local(at, "hour")),
        Column(heading=_("Lane"), cell=_own("lane_id")),
        Column(heading=_("Direction"), cell=lambda row: told(DIRECTIONS, row["direction"])),
        *(Column(heading=heading, cell=_own(name)) for heading, name in counts),
        Column(heading=_("Seconds at the lane, all trucks"), cell=_seconds("dwell_ms")),
        Column(heading=_("Seconds with an officer, all trucks"), cell=_seconds("with_officer_ms")),
        Column(heading=_("Made up for the demonstration"), cell=_own("demo")),
    )
