"""Draws QR codes (ISO/IEC 18004) of gate passes."""

from __future__ import annotations

import io

import segno

QUIET = 4
"""Modules of quiet zone around the code, as the standard asks for."""


def svg(text: str) -> bytes:
    """The code as a black-on-white SVG that scales."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", border=QUIET, light="#fff", xmldecl=False, svgns=True,
                     omitsize=True, title=None)  # fmt: skip
    return out.getvalue()


def png(text: str, scale: int = 8) -> bytes:
    """The code as a PNG of ``scale`` pixels a module."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=scale, border=QUIET)
    return out.getvalue()


def _code(text: str) -> segno.QRCode:
    """Medium correction: a cracked screen still reads, and a lane's camera sees big modules."""
    return segno.make_qr(text, error="m")
