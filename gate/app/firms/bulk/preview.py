"""What an upload would file, before anything is filed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from gate.core.filing.content import Content
from gate.core.filing.problems import Problem, errors_in


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One declaration of an upload. ``numbers`` are its rows in the file (the heading is row 1);
    ``places`` says where a field stands, where that is not its first row.
    """

    reference: str
    numbers: tuple[int, ...]
    content: Content
    problems: tuple[Problem, ...]
    places: dict[str, int]

    @property
    def good(self) -> bool:
        """Whether it can be filed."""
        return not errors_in(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An upload that was read. ``kind`` is xlsx, ods or csv; ``encoding`` of a CSV."""

    id: UUID
    name: str
    kind: str
    encoding: str
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    created_at: datetime
    committed_at: datetime | None = None
    rows: tuple[PreviewRow, ...] = ()

    @property
    def good(self) -> tuple[PreviewRow, ...]:
        """What can be filed."""
        return tuple(row for row in self.rows if row.good)

    @property
    def bad(self) -> tuple[PreviewRow, ...]:
        """What must be put right first."""
        return tuple(row for row in self.rows if not row.good)


_HEAD = TypeAdapter(Preview)
_ROW = TypeAdapter(PreviewRow)
_PROBLEMS = TypeAdapter(tuple[Problem, ...])


def to_text(preview: Preview) -> str:
    """The preview as JSON. Work for a thread: it may have thousands of rows.

    They are written and read one by one: a call of the library for all of them would hold the
    interpreter, and the lanes with it, for a part of a second.
    """
    head = _HEAD.dump_json(replace(preview, rows=())).decode()
    rows = ",".join(_ROW.dump_json(row).decode() for row in preview.rows)
    return f"{head[: head.rindex('[')]}[{rows}]}}"


def from_parts(head: str, rows: list[str], committed_at: datetime | None) -> Preview:
    """The preview that was stored, of its JSON without rows and that of each row. Work for a
    thread.
    """
    made = tuple(_ROW.validate_json(row) for row in rows)
    return replace(_HEAD.validate_json(head), rows=made, committed_at=committed_at)


def problems_to_plain(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Problems as plain JSON values."""
    plain: list[dict[str, Any]] = _PROBLEMS.dump_python(problems, mode="json")
    return plain


def problems_from_plain(plain: list[dict[str, Any]]) -> tuple[Problem, ...]:
    """The problems that were stored; raises ``ValueError``."""
    return _PROBLEMS.validate_python(plain)
