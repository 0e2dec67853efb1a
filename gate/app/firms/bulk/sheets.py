"""Writes the template to fill in, and the report of what is wrong in an upload, as XLSX."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from gate.app.firms.bulk.headings import HEADINGS, REFERENCE, heading_of
from gate.app.firms.bulk.preview import PreviewRow
from gate.app.firms.wording import Translate
from gate.core.filing.fields import Field, Kind, field_of
from gate.core.filing.problems import TEXTS, Problem, Severity

_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
          "in_memory": True}  # fmt: skip
_LAST_ROW = 5_001
REPORT_WORDS = ("Row", "Column", "What stands there", "Problem", "Problems", "Declarations")
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make some spreadsheet programs run a cell."""


def template(language: str) -> bytes:
    """A sheet with the headings in a language, an example row, and lists to choose from."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _PLAIN)
    sheet = book.add_worksheet("declarations")
    head = book.add_format({"bold": True, "bg_color": "#d9e7f5", "border": 1, "text_wrap": True})
    must = book.add_format({"bold": True, "bg_color": "#ffe2b8", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    for at, heading in enumerate(HEADINGS):
        sheet.write_string(0, at, heading.name(language), must if heading.needed else head)
        field = None if heading.path == REFERENCE else field_of(heading.path.replace("*", "0"))
        number = field is not None and field.kind is Kind.INTEGER
        sheet.set_column(at, at, max(12, len(heading.name(language)) + 2), None if number else text)
        _example(sheet, at, heading.example, heading.path)
        if field is not None:
            _validate(sheet, at, field)
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()


def report(rows: Sequence[PreviewRow], language: str, translate: Translate) -> bytes:
    """Every problem of these rows with its row and column, in a language.

    All cells are texts, marked so that no program takes one for a formula.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _PLAIN)
    sheet = book.add_worksheet("problems")
    head = book.add_format({"bold": True, "bg_color": "#d9e7f5", "border": 1})
    quoted = book.add_format({"quote_prefix": True, "num_format": "@", "text_wrap": True})
    for at, word in enumerate(REPORT_WORDS[:4]):
        sheet.write_string(0, at, translate(language, word), head)
    line = 1
    for row in rows:
        for problem in (p for p in row.problems if p.severity is not Severity.ADVICE):
            cells = (
                str(row.places.get(problem.path, row.numbers[0])),
                column_name(problem.path, language),
                dict(problem.facts).get("value", ""),
                sentence(problem, language, translate),
            )
            for at, cell in enumerate(cells):
                sheet.write_string(line, at, quotable(cell), quoted)
            line += 1
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 2, 28)
    sheet.set_column(3, 3, 80)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def quotable(text: str) -> str:
    """The text so that it is never run, not even after a detour through CSV."""
    return f"'{text}" if text.startswith(RISKY) else text


def column_name(path: str, language: str) -> str:
    """What the column of a field is called."""
    parts = ["*" if p.isdigit() and path.startswith("goods.") else p for p in path.split(".")]
    found = heading_of(".".join(parts)) or heading_of(path)
    return path if found is None else found.name(language)


def sentence(problem: Problem, language: str, translate: Translate) -> str:
    """What is wrong, in a language."""
    return translate(language, TEXTS[problem.code]) % dict(problem.facts)


def _example(sheet: Any, at: int, example: str | int, path: str) -> None:
    if isinstance(example, int):
        sheet.write_number(1, at, example)
    elif path in ("window_from", "window_to"):
        sheet.write_string(1, at, "2026-12-01 08:00" if path == "window_from" else
                           "2026-12-01 20:00")  # fmt: skip
    elif example:
        sheet.write_string(1, at, example)


def _validate(sheet: Any, at: int, field: Field) -> None:
    rule: dict[str, Any] | None = None
    if field.kind is Kind.CHOICE:
        rule = {"validate": "list", "source": list(field.choices)}
    elif field.kind is Kind.INTEGER:
        rule = {"validate": "integer", "criteria": "between", "minimum": field.low,
                "maximum": field.high}  # fmt: skip
    elif field.kind in (Kind.TEXT, Kind.CODE, Kind.PLATE):
        rule = {"validate": "length", "criteria": "<=", "value": field.longest + 8}
    if rule is not None:
        # Words of other languages are read too, so that a choice only warns.
        rule |= {"error_type": "warning", "ignore_blank": True}
        sheet.data_validation(1, at, _LAST_ROW, at, rule)
