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
    rows: tuple[PreviewRow, ...]
    created_at: datetime
    committed_at: datetime | None = None

    @property
    def good(self) -> tuple[PreviewRow, ...]:
        """What can be filed."""
        return tuple(row for row in self.rows if row.good)

    @property
    def bad(self) -> tuple[PreviewRow, ...]:
        """What must be put right first."""
        return tuple(row for row in self.rows if not row.good)


_ADAPTER = TypeAdapter(Preview)
_PROBLEMS = TypeAdapter(tuple[Problem, ...])


def to_text(preview: Preview) -> str:
    """The preview as JSON. Work for a thread: it may have thousands of rows."""
    return _ADAPTER.dump_json(preview).decode()


def from_text(text: str, committed_at: datetime | None) -> Preview:
    """The preview that was stored. Work for a thread."""
    return replace(_ADAPTER.validate_json(text), committed_at=committed_at)


def problems_to_plain(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Problems as plain JSON values."""
    plain: list[dict[str, Any]] = _PROBLEMS.dump_python(problems, mode="json")
    return plain


def problems_from_plain(plain: list[dict[str, Any]]) -> tuple[Problem, ...]:
    """The problems that were stored; raises ``ValueError``."""
    return _PROBLEMS.validate_python(plain)
