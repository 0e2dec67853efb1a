"""Exports of transits and of the hourly table: CSV and XLSX, streamed, within limits."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import xlsxwriter
from aiohttp import web

from gate.app.statistics_days import days
from gate.core.permissions import Permission
from gate.store import statistics_day, statistics_transits
from gate.store.statistics_transits import Cursor, Wanted
from gate.web.access import needs
from gate.web.keys import SERVICE, session_of
from gate.web.language import _
from gate.web.operations.asked import MOST_HISTORY, days_in, wanted, zone_of
from gate.web.operations.sheets import Cell, Column, Row, hour_columns, transit_columns
from schemas.plates import written_plate

MOST = {"csv": 200_000, "xlsx": 50_000}
"""Rows of one file. A sheet is packed in memory's stead on disk, but packing takes time."""
CHUNK = 1_000
TURNS = asyncio.Semaphore(2)
"""Files that are made at the same time in this process."""
TURN_S = 5.0
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula (OWASP, CSV Injection)."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

routes = web.RouteTableDef()
Chunks = AsyncIterator[list[Row]]


@routes.get("/operations/transits.{form:csv|xlsx}")
@needs(Permission.TRANSITS_SEARCH)
async def export_transits(request: web.Request) -> web.StreamResponse:
    """The transits of a list, all pages of it."""
    asked, form = wanted(request), request.match_info["form"]
    async with request.app[SERVICE].statistics.database.connection() as connection:
        number, made_up = await statistics_transits.counted(connection, asked)
    _limit(number - made_up, form)
    columns = transit_columns(session_of(request).user.role, zone_of(request))
    return await _send(request, "transits", columns, lambda: _transits(request, asked))


@routes.get("/operations/hours.{form:csv|xlsx}")
@needs(Permission.OPERATIONS_SEE)
async def export_hours(request: web.Request) -> web.StreamResponse:
    """The hourly table by lane and direction."""
    first, last = days_in(request, MOST_HISTORY)
    span = days(first, last, zone_of(request))
    async with request.app[SERVICE].statistics.database.connection() as connection:
        rows = await statistics_day.by_hour(connection, span)
    _limit(len(rows), request.match_info["form"])

    async def chunks() -> Chunks:
        for n in range(0, len(rows), CHUNK):
            yield rows[n : n + CHUNK]

    return await _send(request, "hours", hour_columns(zone_of(request)), chunks)


def _limit(number: int, form: str) -> None:
    most = MOST[form]
    if number > most:
        raise web.HTTPRequestEntityTooLarge(
            most, number,
            text=_("These are %(n)s rows; a file holds at most %(most)s. Choose fewer days, "
                   "or one lane.", n=number, most=most),
        )  # fmt: skip


async def _transits(request: web.Request, asked: Wanted) -> Chunks:
    """Page by page, so that no connection is held while the reader is slow."""
    database = request.app[SERVICE].statistics.database
    after: Cursor | None = None
    while True:
        async with database.connection() as connection:
            rows = await statistics_transits.page(connection, asked, after, CHUNK)
        if not rows:
            return
        yield [{**row, "plate": written_plate(row["plate"])} for row in rows]
        after = Cursor(ended_at=rows[-1]["ended_at"], transit=rows[-1]["transit_id"])


async def _send(
    request: web.Request, name: str, columns: tuple[Column, ...], chunks: Callable[[], Chunks]
) -> web.StreamResponse:
    form = request.match_info["form"]
    first, last = days_in(request, MOST_HISTORY)
    days_of = first.isoformat() if first == last else f"{first.isoformat()}_{last.isoformat()}"
    file = f"{request.app[SERVICE].settings.site}-{name}-{days_of}.{form}"
    headers = {
        "Content-Type": TYPES[form],
        "Content-Disposition": f'attachment; filename="{file}"',
    }
    try:
        async with asyncio.timeout(TURN_S):
            await TURNS.acquire()
    except TimeoutError:
        raise web.HTTPServiceUnavailable(
            text=_("Other files are being made just now. Try again in a minute."),
            headers={"Retry-After": "60"},
        ) from None
    try:
        write = _csv if form == "csv" else _xlsx
        return await write(request, headers, columns, chunks())
    finally:
        TURNS.release()


async def _csv(
    request: web.Request, headers: dict[str, str], columns: tuple[Column, ...], chunks: Chunks
) -> web.StreamResponse:
    """UTF-8 with a byte order mark, by which spreadsheets know it; commas, CRLF (RFC 4180)."""
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    lines = io.StringIO()
    writer = csv.writer(lines)
    lines.write("\ufeff")
    writer.writerow([safe(column.heading) for column in columns])
    async for rows in chunks:
        writer.writerows([safe(column.cell(row)) for column in columns] for row in rows)
        await response.write(lines.getvalue().encode())
        lines.seek(0)
        lines.truncate()
    await response.write(lines.getvalue().encode())
    await response.write_eof()
    return response


def safe(cell: Cell) -> str | int:
    """A cell of a CSV file; a text that a spreadsheet would run is quoted by an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, str) and cell.startswith(_RISKY):
        return f"'{cell}"
    return cell


async def _xlsx(
    request: web.Request, headers: dict[str, str], columns: tuple[Column, ...], chunks: Chunks
) -> web.StreamResponse:
    """A workbook, row by row into a file on disk, then to the reader."""
    with tempfile.TemporaryDirectory(prefix="gate-export-") as folder:
        path = Path(folder) / "export.xlsx"
        book = xlsxwriter.Workbook(
            path,
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "tmpdir": folder},
        )  # fmt: skip
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 18)
        sheet.write_row(0, 0, [column.heading for column in columns], bold)
        line = 1
        async for rows in chunks:
            cells = [[column.cell(row) for column in columns] for row in rows]
            await asyncio.to_thread(_fill, sheet, line, cells, moment)
            line += len(rows)
        await asyncio.to_thread(book.close)
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        with path.open("rb") as file:
            while block := file.read(256 * 1024):
                await response.write(block)
        await response.write_eof()
        return response


def _fill(
    sheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    cells: list[list[Cell]],
    moment: xlsxwriter.format.Format,
) -> None:
    for n, row in enumerate(cells):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(line + n, column, cell, moment)
            elif isinstance(cell, int):
                sheet.write_number(line + n, column, cell)
            elif cell:
                sheet.write_string(line + n, column, cell)
