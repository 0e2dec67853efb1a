"""What a cell of a sheet means in a field: spreadsheets turn codes into numbers and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from gate.app.firms.bulk.headings import meant
from gate.core.filing.fields import Field, Kind

_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y年%m月%d日")
_TIMES = ("%H:%M", "%H:%M:%S")
_ODD_HS = frozenset({5, 7, 9})


def raw_of(path: str, field: Field, cell: Any, zone: tzinfo) -> Any:
    """The value to be read by the field's rules; None for an empty cell. Times without a zone
    are the gate's.
    """
    if cell is None or cell == "" or isinstance(cell, bool):
        return None if not isinstance(cell, bool) else str(cell)
    if field.kind is Kind.MOMENT:
        return _moment(cell, zone)
    if field.kind is Kind.DATE:
        return _date(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int):
        return _number(path, field, cell)
    return meant(path, str(cell).strip())


def _number(path: str, field: Field, number: int) -> Any:
    """Codes that were turned into numbers lost their leading zero: HS codes have an even length."""
    if field.kind is Kind.INTEGER:
        return number
    text = str(number)
    return f"0{text}" if path.endswith("hs_code") and len(text) in _ODD_HS else text


def _moment(cell: Any, zone: tzinfo) -> str:
    if isinstance(cell, datetime):
        return (cell if cell.tzinfo else cell.replace(tzinfo=zone)).isoformat()
    if isinstance(cell, date):
        return datetime.combine(cell, time.min, zone).isoformat()
    text = str(cell).strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        for form in (f"{d} {t}" for d in _DATES for t in _TIMES):
            try:
                return datetime.strptime(text, form).replace(tzinfo=zone).isoformat()
            except ValueError:
                continue
        return text
    return (found if found.tzinfo else found.replace(tzinfo=zone)).isoformat()


def _date(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).strip()
    for form in _DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    return text
