"""What an upload would file, before anything is filed."""

from __future__ import annotations

from dataclasses import dataclass
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


def to_plain(preview: Preview) -> Any:
    """The preview as plain JSON values."""
    return _ADAPTER.dump_python(preview, mode="json")


def from_plain(plain: Any, committed_at: datetime | None) -> Preview:
    """The preview that was stored."""
    return _ADAPTER.validate_python({**plain, "committed_at": committed_at})
