"""``gate read``: read plates, zones, bar codes, containers and papers in picture files."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from ocr.engines.models import EngineUnavailableError
from ocr.outcome import ReadOutcome
from ocr.readers import ENGINES, Readers, UnknownEngineError
from ocr.reading import read_picture
from ocr.sniff import DecodeLimits
from ocr.spec import ReaderSpec
from schemas.mrz import Mrz, mrz_of_reading
from schemas.readings import Reading, ReadingKind

_EXAMPLES = """\
examples:
  gate read plate front.jpg rear.jpg          what stands on the plates, one picture a line
  gate read plate --json lane3/*.jpg          one JSON object a line, for programs
  gate read plate --engine tesseract a.png    with another engine
  gate read mrz --json passport.jpg           the machine-readable zone of a passport or card

exit status: 0 all files were read, 1 a file could not be read (the others were), 2 wrong usage
"""

Subparsers = Any  # argparse gives its subparsers' type no public name


def add_parser(subparsers: Subparsers) -> argparse.ArgumentParser:
    """Add ``read`` to the ``gate`` command's subparsers."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "read",
        help="read plates, zones, bar codes, containers and papers in picture files",
        description="Read all marks of one kind in JPEG or PNG pictures. Models load once.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=[str(kind) for kind in ReadingKind], help="what to read")
    parser.add_argument("files", nargs="+", metavar="FILE", help="a JPEG or PNG picture")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    names = ", ".join(f"{kind}: {' '.join(engines)}" for kind, engines in ENGINES.items())
    parser.add_argument("--engine", metavar="NAME", help=f"engine to read with ({names})")
    parser.add_argument(
        "--second",
        metavar="NAME",
        default="",
        help="second engine for plates that the first is not sure of",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Read ``args.files``; returns the exit status."""
    kind = ReadingKind(args.kind)
    try:
        readers = Readers(_spec(kind, args))
        readers.warm_up()
    except (UnknownEngineError, EngineUnavailableError) as error:
        print(f"gate read: {error}", file=sys.stderr)
        return 2
    failed = False
    for name in args.files:
        start = time.perf_counter()
        outcome = _read(readers, kind, name)
        ms = round((time.perf_counter() - start) * 1000)
        # Finding nothing is an answer; only a file that cannot be read is a failure.
        broken = isinstance(outcome, OSError) or _is_broken(outcome)
        failed = failed or broken
        if args.json:
            print(_line(_as_json(name, outcome, ms)), flush=True)
        else:
            print(_as_text(name, outcome), flush=True)
    return 1 if failed else 0


def _spec(kind: ReadingKind, args: argparse.Namespace) -> ReaderSpec:
    if kind is ReadingKind.PLATE:
        plate = args.engine or ReaderSpec().plate
        return ReaderSpec(plate=plate, second=args.second)
    chosen = ((kind, args.engine),) if args.engine else ()
    return ReaderSpec(engines=chosen, preload=(kind,))


def _read(readers: Readers, kind: ReadingKind, name: str) -> ReadOutcome | OSError:
    limits = DecodeLimits()
    try:
        with Path(name).open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except OSError as error:
        return error
    return read_picture(readers, data, kind, limits)


def _is_broken(outcome: ReadOutcome) -> bool:
    return outcome.failure is not None and outcome.width == 0


def _as_json(name: str, outcome: ReadOutcome | OSError, ms: int) -> dict[str, Any]:
    if isinstance(outcome, OSError):
        message = f"the file cannot be opened: {outcome.strerror or outcome}"
        return {
            "file": name,
            "readings": [],
            "error": {"code": "unreadable_file", "message": message},
            "ms": ms,
        }
    record: dict[str, Any] = {"file": name, "readings": [_reading(r) for r in outcome.readings]}
    if outcome.failure is not None:
        key = "error" if _is_broken(outcome) else "failure"
        record[key] = {"code": outcome.failure.reason, "message": outcome.failure.message}
    record["ms"] = ms
    return record


def _line(record: dict[str, Any]) -> str:
    """One line of JSON that standard output can take, whatever a file is called."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(record)
    return line


def _reading(reading: Reading) -> dict[str, Any]:
    record: dict[str, Any] = {
        "text": reading.text,
        "confidence": round(reading.confidence, 4),
        "box": [reading.box.x, reading.box.y, reading.box.w, reading.box.h],
        "raw": reading.raw,
        "engine": reading.engine,
        "model": reading.model,
    }
    if reading.confidences:
        record["confidences"] = [round(c, 4) for c in reading.confidences]
    if reading.country:
        record["country"] = reading.country
    if reading.layout:
        record["layout"] = reading.layout
    if reading.detail:
        record["detail"] = dict(reading.detail)
    zone = mrz_of_reading(reading, date.today())  # noqa: DTZ011 the booth's own calendar day
    if zone is not None:
        record["document"] = _document(zone)
    return record


def _document(zone: Mrz) -> dict[str, Any]:
    """What the zone says, decoded; a name is never covered by a check digit."""
    names = {"surname": zone.surname, "given_names": zone.given_names}
    values = {f.name: f.value for f in zone.fields if f.name not in ("name", "birth", "expiry")}
    return {
        "format": str(zone.format),
        **names,
        **values,
        "birth": zone.birth.isoformat() if zone.birth else None,
        "expiry": zone.expiry.isoformat() if zone.expiry else None,
        "verified": zone.verified,
        "status": {f.name: str(f.status) for f in zone.fields},
        "problems": list(zone.problems(date.today())),  # noqa: DTZ011
    }


def _as_text(name: str, outcome: ReadOutcome | OSError) -> str:
    shown = _printable(name)
    if isinstance(outcome, OSError):
        return f"{shown}: the file cannot be opened: {outcome.strerror or outcome}"
    if outcome.failure is not None:
        return f"{shown}: {outcome.failure.message}"
    best = (f"{_printable(r.text)} ({r.confidence:.0%})" for r in outcome.readings)
    return f"{shown}: {', '.join(best)}"


def _printable(text: str) -> str:
    """Text from pictures and file names with control characters escaped, for a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
