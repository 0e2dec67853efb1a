"""What a firm must do next about a truck: the one thing that its page says first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gate.store.filing import FiledRow
from gate.web.language import _

NEEDS_FIRM, AT_GATE, ON_ITS_WAY, WAITING, OVER = range(5)
"""Order of the list: what waits for the firm comes first."""
SOON = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One step: its place in the list, colour of state, sentence, and button with its page."""

    rank: int
    kind: str
    words: str
    button: str = ""
    path: str = ""


def next_step(row: FiledRow, *, fees_due: bool, now: datetime) -> NextStep:
    """The next step of a filed declaration."""
    page = f"/portal/declarations/{row.id}"
    if row.status == "rejected":
        return _need(_("Put it right and submit it again"), _("See why"), page)
    if row.status == "submitted":
        return NextStep(rank=WAITING, kind="calm", words=_("An officer is checking it: wait"))
    if row.status in ("arrived", "clearing") and (refused := _refused(row)):
        words = _("Refused by %(authority)s: go to the counter", authority=refused)
        return NextStep(rank=NEEDS_FIRM, kind="stop", words=words, button=_("Open"), path=page)
    if row.status in ("accepted", "clearing", "cleared"):
        return _before_arrival(row, fees_due, now, page)
    if row.status == "arrived":
        return NextStep(rank=AT_GATE, kind="go", words=_("At the gate: follow the signs"))
    if row.status == "released":
        return NextStep(rank=AT_GATE, kind="go", words=_("The barrier opens: drive through"))
    if row.status == "expired":
        return _need(_("The time is over: file it again"), _("Copy"), page)
    return NextStep(rank=OVER, kind="calm", words=_("Nothing more to do"))


def _before_arrival(row: FiledRow, fees_due: bool, now: datetime, page: str) -> NextStep:
    if row.window_to <= now:
        return _need(_("The time slot is over: choose a new one"), _("Time slot"), f"{page}/slot")
    if row.slot_at is None:
        return _need(_("Choose a time slot"), _("Time slot"), f"{page}/slot")
    if fees_due:
        return _need(_("Pay the fee"), _("How to pay"), f"/portal/fees#d-{row.id}")
    button, path = _("Gate pass"), f"/portal/passes/{row.id}"
    if row.window_from - now <= SOON:
        words = _("Drive to the gate and show the pass")
        return NextStep(rank=AT_GATE, kind="go", words=words, button=button, path=path)
    words = _("Be at the gate in time, with the pass")
    return NextStep(rank=ON_ITS_WAY, kind="calm", words=words, button=button, path=path)


def _refused(row: FiledRow) -> str:
    """The authority that said no, in words."""
    if row.customs == "failed":
        return _("Customs")
    if row.border_guard == "failed":
        return _("Border guard")
    return _("Quarantine") if row.quarantine == "failed" else ""


def _need(words: str, button: str, path: str) -> NextStep:
    return NextStep(rank=NEEDS_FIRM, kind="hold", words=words, button=button, path=path)
