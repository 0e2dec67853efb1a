"""Common parts of answers: pages with their links, tags of versions, problems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from gate.store.filing import FiledRow
from gate.web.api import cursors
from gate.web.api.given import Declaration
from gate.web.api.operations import PREFIX, Call, Reply
from gate.web.api.problem import ApiError

Row = TypeVar("Row")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def page(
    call: Call,
    model: type[BaseModel],
    item: type[BaseModel],
    rows: Sequence[Row],
    after: Callable[[Row], str],
) -> Reply:
    """A page of at most ``limit`` of the rows; one row more than that means that more follow."""
    limit = call.query.limit
    shown = rows[:limit]
    following = after(shown[-1]) if len(rows) > limit else None
    value = model(items=[item.model_validate(row) for row in shown], next=following)
    headers = {}
    if following is not None:
        url = call.request.rel_url.update_query(cursor=following)
        headers["Link"] = f'<{url}>; rel="next"'
    return Reply(value=value, headers=headers)


def by_time(at: str) -> Callable[[Any], str]:
    """The cursor after a row, by its time in this attribute and its id."""
    return lambda row: cursors.encode(getattr(row, at), row.id)


def declaration_tag(row: FiledRow) -> str:
    """The tag of a declaration as it stands: it changes with everything that happens to it."""
    micros = (row.updated_at - _EPOCH) // timedelta(microseconds=1)
    return f'"{row.version}.{micros:x}"'


def version_tag(version: int) -> str:
    """The tag of a record that counts its versions."""
    return f'"{version}"'


def declaration(row: FiledRow, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """A declaration with its tag."""
    return Reply(
        value=Declaration.model_validate(row), status=status,
        headers={"ETag": declaration_tag(row), **(headers or {})},
    )  # fmt: skip


def must_match(call: Call, tag: str) -> None:
    """Refuse a change of something that is not as the caller saw it."""
    given = call.request.headers.get("If-Match")
    if given is None:
        raise ApiError(428, "if_match_needed", "Send If-Match with the ETag that you read.")
    if given.strip() != "*" and tag not in [one.strip() for one in given.split(",")]:
        raise ApiError(412, "changed_meanwhile", "It was changed meanwhile: read it again.")


def version_wanted(call: Call) -> int | None:
    """The version that If-Match names, or None without the header or with ``*``."""
    given = call.request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    digits = given.strip('"')
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise ApiError(412, "changed_meanwhile", "It was changed meanwhile: read it again.")
    return int(digits)


def location(kind: str, record: UUID) -> dict[str, str]:
    """Where what was made can be read."""
    return {"Location": f"{PREFIX}/{kind}/{record}"}
