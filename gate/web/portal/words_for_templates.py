"""What templates of the portal and of staff's firm pages may call by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates

from gate.web.language import _, language
from gate.web.portal.code_words import event_word, fee_word
from gate.web.portal.status_words import (
    AUTHORITIES,
    CLEARANCES,
    DIRECTIONS,
    STATUSES,
    state,
    word,
)
from gate.web.shown import Shown, locale
from schemas.plates import written_plate


def filed_state(status: str) -> tuple[str, str]:
    """Colour of state and word of a declaration's status."""
    return state(STATUSES, status)


def clearance_state(value: str) -> tuple[str, str]:
    """Colour of state and word of an authority's word."""
    return state(CLEARANCES, value)


def direction_word(direction: str) -> str:
    """Export or import."""
    return word(DIRECTIONS, direction)


def authority_word(name: str) -> str:
    """The authority, or the fee."""
    return word(AUTHORITIES, name)


def actor_word(actor: str) -> str:
    """Who acted: people by sign-in name, the machine and lanes in words."""
    if actor == "machine":
        return _("automatic")
    if actor.startswith("key:"):
        return _("API key %(prefix)s", prefix=actor.removeprefix("key:"))
    return actor


def short_day(day: date) -> str:
    """Weekday, day and month: days of the next week need no year."""
    pattern = {"zh": "MM-dd EEE", "vi": "EEE dd/MM"}.get(language(), "EEE dd/MM")
    return dates.format_date(day, pattern, locale=locale())


def template_words(timezone: str) -> dict[str, Callable[..., Any]]:
    """The functions by name; dates of papers are shown as days of the gate's zone."""
    zone, shown = ZoneInfo(timezone), Shown(timezone)

    def local_day(at: datetime | None) -> str:
        return "" if at is None else at.astimezone(zone).date().isoformat()

    def window_text(begin: datetime, end: datetime) -> str:
        if begin.astimezone(zone).date() == end.astimezone(zone).date():
            return f"{shown.moment(begin, False)}–{shown.clock(end, False)}"
        return f"{shown.moment(begin, False)} – {shown.moment(end, False)}"

    return {
        "filed_state": filed_state, "clearance_state": clearance_state,
        "direction_word": direction_word, "authority_word": authority_word,
        "actor_word": actor_word, "fee_word": fee_word, "event_word": event_word,
        "local_day": local_day, "plate_text": written_plate, "short_day": short_day,
        "window_text": window_text,
    }  # fmt: skip
