"""What a browser sends of a declaration's fields: one change at a time, times as local time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from gate.core.filing.content import Content, value_at
from gate.core.filing.fields import Kind, field_of
from gate.web.language import _

MOST_CHANGES = 2000


def changes_in(values: dict[str, Any], timezone: str) -> dict[str, Any]:
    """The changes of a request (path -> value); times without a zone are the gate's local time.

    Raises:
        web.HTTPBadRequest: no object of changes.
    """
    changes = values.get("changes")
    if not isinstance(changes, dict) or len(changes) > MOST_CHANGES:
        raise web.HTTPBadRequest(text=_("The page sent something unreadable: load it again."))
    return {path: _zoned(path, value, timezone) for path, value in changes.items()}


def version_in(values: dict[str, Any]) -> int | None:
    """The version that the page was made from, where it says one."""
    version = values.get("version")
    return version if isinstance(version, int) and not isinstance(version, bool) else None


def local_text(content: Content, path: str, timezone: str) -> str:
    """A time of the content as the browser's field wants it (``2026-11-24T08:00``)."""
    value = value_at(content, path)
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value or "")
    zone = ZoneInfo(timezone)
    return (at.astimezone(zone) if at.tzinfo else at).strftime("%Y-%m-%dT%H:%M")


def _zoned(path: str, value: Any, timezone: str) -> Any:
    field = field_of(path)
    if field is None or field.kind is not Kind.MOMENT or not isinstance(value, str):
        return value
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return at.replace(tzinfo=ZoneInfo(timezone)).isoformat() if at.tzinfo is None else value
