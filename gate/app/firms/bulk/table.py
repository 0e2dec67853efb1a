"""Reads XLSX, ODS and CSV into rows of cells, within bounds checked before anything is unpacked."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import Any

import python_calamine

from gate.app.firms.bulk.encodings import decoded
from gate.app.firms.bulk.refusals import Unusable
from gate.app.firms.errors import UploadRefused

MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000
MOST_RATIO = 200
MOST_MEMBERS = 500
MOST_ROWS = 5_000
MOST_COLUMNS = 120
MOST_CELL = 2_000
Cell = Any
"""Text, int, float, bool, date, datetime, time, timedelta, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first sheet: ``header`` and ``rows`` as (number in the file, cells)."""

    kind: str
    encoding: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


def read_table(data: bytes) -> Table:
    """Read a table by what it is, whatever its name says. CPU work: call it in a thread.

    Raises:
        UploadRefused: too large, no table, or no rows.
    """
    if not data:
        raise UploadRefused("empty", Unusable.EMPTY)
    if len(data) > MOST_BYTES:
        raise UploadRefused("size", Unusable.SIZE, most=MOST_BYTES // 1_000_000)
    if data.startswith(b"PK"):
        _check_zip(data)
        kind, encoding, lines = *_sheet_kind(data), _sheet(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UploadRefused("kind", Unusable.OLD_XLS)
    else:
        text, encoding = decoded(data)
        kind, lines = "csv", _csv(text)
    return _bounded(kind, encoding, lines)


def _bounded(kind: str, encoding: str, lines: list[list[Cell]]) -> Table:
    filled = [(n, row) for n, row in enumerate(lines, 1) if any(_text(c) for c in row)]
    if len(filled) < 2:
        raise UploadRefused("empty", Unusable.NO_ROW)
    if len(filled) > MOST_ROWS + 1:
        raise UploadRefused("rows", Unusable.ROWS_ARE, most=MOST_ROWS, are=len(filled) - 1)
    width = max(len(row) for _, row in filled)
    if width > MOST_COLUMNS:
        raise UploadRefused("columns", Unusable.COLUMNS, most=MOST_COLUMNS)
    for number, row in filled:
        if any(isinstance(cell, str) and len(cell) > MOST_CELL for cell in row):
            raise UploadRefused("cell", Unusable.CELL, row=number, most=MOST_CELL)
    header = tuple(_text(cell) for cell in filled[0][1])
    rows = tuple((number, tuple(row)) for number, row in filled[1:])
    return Table(kind=kind, encoding=encoding, header=header, rows=rows)


def _check_zip(data: bytes) -> None:
    """Refuse what unpacks to too much. Every member is really unpacked once, in small pieces:
    what a header claims about sizes is not believed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise UploadRefused("bomb", Unusable.PARTS)
            total = 0
            for member in members:
                with archive.open(member) as stream:
                    while piece := stream.read(65_536):
                        total += len(piece)
                        if total > min(MOST_UNPACKED, MOST_RATIO * len(data) + 1_000_000):
                            raise UploadRefused("bomb", Unusable.UNPACKS)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise UploadRefused("kind", Unusable.DAMAGED) from error
    except zipfile.LargeZipFile as error:
        raise UploadRefused("bomb", Unusable.LARGE) from error


def _sheet_kind(data: bytes) -> tuple[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "xlsx", ""
    if "content.xml" in names and "mimetype" in names:
        return "ods", ""
    raise UploadRefused("kind", Unusable.NO_TABLE)


def _sheet(data: bytes) -> list[list[Cell]]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        visible = [s.name for s in book.sheets_metadata
                   if s.visible == python_calamine.SheetVisibleEnum.Visible]  # fmt: skip
        name = (visible or book.sheet_names)[0]
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height > MOST_ROWS * 10 or sheet.total_width > 10 * MOST_COLUMNS:
            raise UploadRefused("rows", Unusable.ROWS, most=MOST_ROWS)
        return [list(row) for row in sheet.to_python(skip_empty_area=False)]
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        raise UploadRefused("kind", Unusable.SHEET) from error


def _csv(text: str) -> list[list[Cell]]:
    """Comma, semicolon or tab: the one that stands most often in the headings."""
    if "\0" in text:
        raise UploadRefused("kind", Unusable.NO_TABLE)
    first = text.lstrip("\ufeff\r\n").partition("\n")[0]
    mark = max(",;\t|", key=first.count)
    try:
        source = io.StringIO(text.lstrip("\ufeff"), newline="")
        rows = csv.reader(source, delimiter=mark, strict=True)
        found: list[list[Cell]] = []
        for row in rows:
            found.append(list(row))
            if len(found) > MOST_ROWS * 10:
                raise UploadRefused("rows", Unusable.ROWS, most=MOST_ROWS)
    except csv.Error as error:
        raise UploadRefused("kind", Unusable.QUOTES) from error
    return found


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()
