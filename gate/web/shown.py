"""Times and numbers as the reader's language and the gate's time zone write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import dates, numbers

from gate.web.language import _, language

LOCALES = {"vi": "vi_VN", "zh": "zh_Hans_CN", "en": "en_GB"}


def locale() -> str:
    """The locale of the request's language, as Babel names it."""
    return LOCALES[language()]


def number(value: float | None, digits: int = 0) -> str:
    """A number with the language's separators; a dash for none."""
    if value is None:
        return "–"
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=locale())


def day(at: date) -> str:
    """A date, short, with a four-digit year."""
    return dates.format_date(at, "yyyy-MM-dd" if language() == "zh" else "dd/MM/yyyy")


class Shown:
    """Template filters that know the gate's time zone."""

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)

    def moment(self, at: datetime | None, seconds: bool = True) -> str:
        """Date and time of day; a dash for none."""
        if at is None:
            return "–"
        local = at.astimezone(self.zone)
        return f"{self.day(local)} {self.clock(local, seconds)}"

    def day(self, at: datetime | date | None) -> str:
        """The date, short, with a four-digit year."""
        if at is None:
            return "–"
        return day(at.astimezone(self.zone).date() if isinstance(at, datetime) else at)

    def clock(self, at: datetime | None, seconds: bool = True) -> str:
        """The time of day, 24 hours."""
        if at is None:
            return "–"
        return at.astimezone(self.zone).strftime("%H:%M:%S" if seconds else "%H:%M")

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with the language's separators."""
        return number(value, digits)

    def percent(self, share: float | None, digits: int = 1) -> str:
        """A share of 1 as a percentage."""
        if share is None:
            return "–"
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + " %"
        return numbers.format_percent(share, format=pattern, locale=locale())

    def span(self, length: timedelta | float | None) -> str:
        """A length of time in words; seconds where given as a number."""
        if length is None:
            return "–"
        delta = length if isinstance(length, timedelta) else timedelta(seconds=length)
        return dates.format_timedelta(delta, locale=locale(), threshold=1.5)

    def ago(self, at: datetime | None, now: datetime) -> str:
        """How long ago, in words."""
        return "–" if at is None else _("%(span)s ago", span=self.span(now - at))

    def filters(self) -> dict[str, Callable[..., str]]:
        """The filters by name, for templates."""
        names = ("moment", "day", "clock", "number", "percent", "span")
        return {name: getattr(self, name) for name in names}
