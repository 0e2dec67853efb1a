"""Where the next page begins, as an opaque text: the last row's time and id, or its name."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from uuid import UUID

from gate.store.paging import Cursor
from gate.web.api.problem import ApiError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def encode(at: datetime, last: UUID) -> str:
    """The cursor after a row."""
    return _coded(f"t{(at - _EPOCH) // _MICROSECOND}.{last.hex}")


def decode(text: str | None) -> Cursor | None:
    """The place that a cursor names; raises ``ApiError`` for one that we never gave."""
    if text is None:
        return None
    try:
        plain = _decoded(text)
        at, _, last = plain.removeprefix("t").partition(".")
        if not plain.startswith("t"):
            raise ValueError("another kind of cursor")
        return Cursor(at=_EPOCH + int(at) * _MICROSECOND, id=UUID(hex=last))
    except (ValueError, OverflowError, binascii.Error) as error:
        raise _refused() from error


def encode_name(last: str) -> str:
    """The cursor after a row in a list that goes by name."""
    return _coded(f"n{last}")


def decode_name(text: str | None) -> str:
    """The name that a cursor stands after, or empty; raises ``ApiError``."""
    if text is None:
        return ""
    try:
        plain = _decoded(text)
    except (ValueError, binascii.Error) as error:
        raise _refused() from error
    if not plain.startswith("n") or not plain.isprintable():
        raise _refused()
    return plain.removeprefix("n")


def encode_line(last: int) -> str:
    """The cursor after a row in a list that goes by number."""
    return _coded(f"l{last}")


def decode_line(text: str | None) -> int:
    """The number that a cursor stands after, or 0; raises ``ApiError``."""
    if text is None:
        return 0
    try:
        plain = _decoded(text)
    except (ValueError, binascii.Error) as error:
        raise _refused() from error
    digits = plain.removeprefix("l")
    if not plain.startswith("l") or not digits.isascii() or not digits.isdigit():
        raise _refused()
    if len(digits) > 9:
        raise _refused()
    return int(digits)


def _refused() -> ApiError:
    return ApiError(422, "invalid_cursor", "This cursor is none of ours: begin without one.")


def _coded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _decoded(text: str) -> str:
    padded = text + "=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
