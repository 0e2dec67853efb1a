"""Days of the gate: from midnight to midnight in its time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gate.store.statistics_day import Span

WEEK = timedelta(days=7)


def today(now: datetime, zone: str) -> date:
    """The day that it is at the gate."""
    return now.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """The moment (UTC) at which the day begins at the gate."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def days(first: date, last: date, zone: str) -> Span:
    """The hours of all days from ``first`` to ``last``, both included."""
    return Span(since=midnight(first, zone), until=midnight(last + timedelta(days=1), zone))


def hours_of(day: date, zone: str) -> list[datetime]:
    """The beginnings of the day's hours (23 or 25 where clocks change), UTC."""
    span = days(day, day, zone)
    count = int((span.until - span.since) / timedelta(hours=1))
    return [span.since + timedelta(hours=n) for n in range(count)]


def same_time(now: datetime, day: date, zone: str) -> datetime:
    """The moment of ``day`` at the time of day that it is now at the gate."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)
