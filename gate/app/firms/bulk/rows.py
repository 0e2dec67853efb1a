"""Turns a table's rows into contents of declarations: rows with one reference belong together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from gate.app.firms.bulk.cells import raw_of
from gate.app.firms.bulk.encodings import garbled
from gate.app.firms.bulk.headings import HEADINGS, REFERENCE, Heading, heading_of
from gate.app.firms.bulk.refusals import Unusable
from gate.app.firms.bulk.table import Table
from gate.app.firms.errors import UploadRefused
from gate.core.filing.content import Content, blank, changed, value_at
from gate.core.filing.fields import field_of
from gate.core.filing.problems import Problem, error


@dataclass(slots=True, kw_only=True)
class Gathered:
    """One declaration of an upload: its rows in the file, what they say, and what can't be read."""

    reference: str
    rows: list[int]
    content: Content
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    """Path of a goods field -> the row where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column of the table is which field; ``unknown`` are headings that nobody knows."""

    known: tuple[tuple[int, Heading], ...]
    unknown: tuple[str, ...]


def columns_of(table: Table) -> Columns:
    """Find the columns by their headings.

    Raises:
        UploadRefused: a needed column is missing, or one stands there twice.
    """
    known: dict[str, tuple[int, Heading]] = {}
    unknown = []
    for at, text in enumerate(table.header):
        heading = heading_of(text)
        if heading is None:
            unknown += [text] if text else []
        elif heading.path in known:
            raise UploadRefused("columns", Unusable.TWICE, column=text)
        else:
            known[heading.path] = (at, heading)
    missing = [h.en for h in HEADINGS if h.needed and h.path not in known]
    if missing:
        raise UploadRefused("columns", Unusable.MISSING, columns=", ".join(missing))
    return Columns(known=tuple(known.values()), unknown=tuple(unknown))


def gather(table: Table, columns: Columns, zone: tzinfo, gate: str) -> list[Gathered]:
    """The declarations of a table in the order of their first rows."""
    found: dict[str, Gathered] = {}
    for number, cells in table.rows:
        values = {
            heading.path: cells[at] if at < len(cells) else None for at, heading in columns.known
        }
        reference = str(values.pop(REFERENCE, None) or "").strip()[:60]
        one = found.get(reference) if reference else None
        if one is None:
            one = Gathered(reference=reference, rows=[], content={**blank(), "gate": gate})
            found[reference or f"row {number}"] = one
        _add(one, number, values, zone)
    return list(found.values())


def _add(one: Gathered, number: int, values: dict[str, Any], zone: tzinfo) -> None:
    line = len(one.rows)
    one.rows.append(number)
    changes: dict[str, Any] = {}
    for heading, cell in values.items():
        goods = heading.startswith("goods.*")
        path = heading.replace("*", str(line)) if goods else heading
        spec = field_of(path)
        if spec is None:
            one.problems.append(error(path, "too_many_lines", most=99))
            continue
        raw = raw_of(path, spec, cell, zone)
        if raw is None:
            continue
        if isinstance(raw, str) and garbled(raw):
            one.problems.append(error(path, "garbled", value=raw))
        changes[path] = raw
        one.places[path] = number
    before = one.content
    made, problems = changed(before, changes)
    if line > 0:
        problems += _contradictions(before, made, changes)
    one.content = made
    one.problems += problems


def _contradictions(
    before: Content, after: Content, changes: dict[str, Any]
) -> tuple[Problem, ...]:
    """A later row of one declaration may leave out what its first says, but not say otherwise."""
    return tuple(
        error(path, "row_differs", value=value_at(after, path), before=value_at(before, path))
        for path in changes
        if not path.startswith("goods.")
        and value_at(before, path) is not None
        and value_at(before, path) != value_at(after, path)
    )
