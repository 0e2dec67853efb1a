"""JSON with one spelling: RFC 8785, restricted to what the protocol uses.

Allowed are objects, lists, strings, booleans, null and integers up to 2^53 - 1 either way;
no fractions, because two programs may print the same fraction differently.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn

from schemas.ids import MAX_INTEGER
from schemas.protocol_errors import BadMessage

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
JsonObject = Mapping[str, Json]

MAX_DEPTH = 8
"""Deepest nesting of lists and objects; deeper input is refused before it is walked."""


def canonical(value: Json) -> bytes:
    """The RFC 8785 bytes of ``value``; raises ``BadMessage`` for what the protocol forbids."""
    return _text(value, MAX_DEPTH).encode("utf-8")


def parse_object(data: bytes) -> dict[str, Json]:
    """Read one JSON object from UTF-8 bytes, strictly.

    Refuses (``BadMessage``) fractions, NaN, integers out of range, repeated keys, lone
    surrogates, nesting above ``MAX_DEPTH``, byte order marks and anything after the object.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadMessage(f"not UTF-8 at byte {error.start}") from None
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_no_repeats,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise BadMessage(f"not JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(value, dict):
        raise BadMessage(f"a message is a JSON object, got {type(value).__name__}")
    _text(value, MAX_DEPTH)  # walks the whole value once: surrogates, ranges, depth
    return value


def _text(value: Json, depth: int) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise BadMessage(f"integer {value} is beyond 2^53 - 1")
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if depth == 0:
        raise BadMessage(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, Mapping):
        members = ",".join(
            f"{_quoted(key)}:{_text(value[key], depth - 1)}" for key in sorted(value, key=_order)
        )
        return "{" + members + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return "[" + ",".join(_text(item, depth - 1) for item in value) + "]"
    raise BadMessage(
        f"{type(value).__name__} is not object, list, string, integer, boolean or null"
    )


def _quoted(text: object) -> str:
    if not isinstance(text, str):
        raise BadMessage(f"an object's keys are strings, got {type(text).__name__}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadMessage("a string holds half of a surrogate pair") from None
    # Python escapes exactly what RFC 8785 asks for once non-ASCII letters are left alone.
    return json.dumps(text, ensure_ascii=False)


def _order(key: str) -> bytes:
    """RFC 8785 sorts keys by UTF-16 code units, which differs from code points above U+FFFF."""
    return key.encode("utf-16-be", "surrogatepass") if isinstance(key, str) else b""


def _check_depth(text: str) -> None:
    """Bound the nesting before the parser recurses."""
    depth = 0
    in_string = escaped = False
    for letter in text:
        if in_string:
            in_string = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            in_string = True
        elif letter in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise BadMessage(f"nested deeper than {MAX_DEPTH}")
        elif letter in "]}":
            depth -= 1


def _no_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise BadMessage("a key appears twice in one object")
    return result


def _integer(digits: str) -> int:
    # Length first: converting a number of many thousand digits is slow by design of Python.
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise BadMessage(f"integer {digits:.24} is beyond 2^53 - 1")
    return int(digits)


def _refuse_number(text: str) -> NoReturn:
    raise BadMessage(f"{text:.24} is not an integer")
