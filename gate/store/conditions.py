"""Conditions of a list's statement, each with its parameters.

Statements are planned once for all values (``pool``): a condition that does not apply must not be
in the text, or the plan can't use an index for those that do.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gate.store.paging import Cursor


class Conditions:
    """Collects conditions. Only texts of ours go into the SQL, values are parameters."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._parts: list[str] = []

    def value(self, value: Any) -> str:
        """The place of one more parameter: ``$3``."""
        self.values.append(value)
        return f"${len(self.values)}"

    def add(self, text: str, *values: Any) -> None:
        """One condition; each ``{}`` in it stands for the next value."""
        self._parts.append(text.format(*(self.value(value) for value in values)))

    def firm(self, column: str, firm: UUID | None) -> None:
        """Only this firm's rows; None: all, for staff."""
        if firm is not None:
            self.add(f"{column} = {{}}", firm)

    def after(self, at: str, row: str, cursor: Cursor | None) -> None:
        """Only rows after the cursor, in a list from the newest to the oldest."""
        if cursor is not None:
            self.add(f"({at}, {row}) < ({{}}, {{}})", cursor.at, cursor.id)

    @property
    def where(self) -> str:
        """The whole WHERE clause, or nothing."""
        return f"WHERE {' AND '.join(self._parts)}" if self._parts else ""
