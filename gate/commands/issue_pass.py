"""``gate issue-pass``: the signed gate pass of a declaration, as text and as a QR code."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp

from config.settings import Settings
from gate.app.clock import Clock
from gate.app.pass_key import PassKeyUnusable, pass_key
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.store import declarations, gate_passes
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from schemas.declarations import Declaration
from schemas.gate_pass import GatePass, decode_pass, encode_pass

LEEWAY = timedelta(hours=4)
SIDE = 600


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``issue-pass`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "issue-pass", help="print a truck's signed gate pass, and draw its QR code",
        description="Sign a gate pass that binds the declared tractor to its declaration.",
        epilog="examples:\n  gate issue-pass 302600000010 --png pass.png",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("number", help="the declaration's number")
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw the QR code there")
    add_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Issue the pass; 0 where done."""
    settings = settings_from(args)
    try:
        text = asyncio.run(_issue(settings, args.number))
    except (StoreError, PostgresDidNotStart, PassKeyUnusable) as error:
        print(f"not issued: {error}", file=sys.stderr)
        return 1
    if not text:
        print(f"there is no declaration {args.number}", file=sys.stderr)
        return 1
    print(text)
    if args.png is not None and not draw(text, args.png):
        print(f"{args.png} could not be written", file=sys.stderr)
        return 1
    return 0


def issue(settings: Settings, declaration: Declaration, clock: Clock) -> str:
    """The pass's text, valid in the declared window and some hours after."""
    key = pass_key(settings.data)
    gate_pass = GatePass(
        pass_id=clock.fresh().hex[-12:],
        key=key.id,
        declaration=declaration.number,
        plate=declaration.tractor_plate,
        gate=declaration.gate,
        valid_from=declaration.window_from - LEEWAY,
        valid_until=declaration.window_to + LEEWAY,
    )
    return encode_pass(gate_pass, key.sign)


def draw(text: str, path: Path) -> bool:
    """Draw the QR code as a PNG of at least ``SIDE`` pixels; False where it can't be written."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    small = np.asarray(zxingcpp.write_barcode_to_image(code, scale=4))
    times = -(-SIDE // small.shape[0])
    done, png = cv2.imencode(".png", np.kron(small, np.ones((times, times), np.uint8)))
    if done:
        try:
            path.write_bytes(png.tobytes())
        except OSError:
            return False
    return bool(done)


async def _issue(settings: Settings, number: str) -> str:
    """Sign the pass and keep it in place of the one before; empty where nothing has the number."""
    clock = Clock()
    async with tool_database(settings) as database:
        declaration = await declarations.by_number(database, number)
        if declaration is None:
            return ""
        text = issue(settings, declaration, clock)
        said = decode_pass(text, lambda *_: True, declaration.window_from)
        now = clock.now()
        async with database.transaction() as connection:
            await gate_passes.revoke_all(
                connection, declaration.id, by="gate issue-pass", at=now,
                reason="a new pass was issued",
            )  # fmt: skip
            await gate_passes.add(
                connection, row=clock.fresh(), pass_id=said.pass_id, declaration=declaration.id,
                firm=declaration.firm_id, plate=said.plate, text=text,
                valid_from=said.valid_from, valid_until=said.valid_until, at=now,
                by="gate issue-pass",
            )  # fmt: skip
    return text
