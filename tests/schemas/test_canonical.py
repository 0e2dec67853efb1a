"""Canonical JSON: one spelling for one value, and a strict reader."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import MAX_DEPTH, Json, canonical, parse_object
from schemas.ids import MAX_INTEGER
from schemas.protocol_errors import BadMessage

texts = st.text(st.characters(exclude_categories=("Cs",)))
values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(texts, st.integers(-5, 5) | texts | st.booleans() | st.none()))
def test_an_object_survives_its_canonical_bytes(value: dict[str, Json]) -> None:
    assert parse_object(canonical(value)) == value


@given(st.dictionaries(texts, values, max_size=4))
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(value: dict[str, Json]) -> None:
    shuffled = dict(reversed(list(value.items())))
    try:
        first = canonical(value)
    except BadMessage:  # nested deeper than the protocol allows
        return
    assert canonical(shuffled) == first
    assert json.loads(first) == value


def test_the_sorting_example_of_rfc_8785_comes_out_in_its_order() -> None:
    """Section 3.2.3: keys are sorted by their UTF-16 code units."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    order = ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(dict.fromkeys(keys, 0)))) == order


def test_strings_are_escaped_as_rfc_8785_writes_them() -> None:
    r"""Section 3.2.2.2: short escapes where they exist, lower-case \u00xx for other controls."""
    given_text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    written = canonical({"s": given_text}).decode()
    assert written == '{"s":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"1",
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":"\\ud800"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1}{"b":2}',
        b'{"a":"\xff"}',
        b'{"a":1}'.decode().encode("utf-16"),
        b'{"a":' * 5000,
        b'{"a":' + b"[" * 100_000,
        b'{"a":"' + b"[" * 10,
    ],
)
def test_what_the_protocol_forbids_is_refused_without_a_crash(data: bytes) -> None:
    with pytest.raises(BadMessage):
        parse_object(data)


def test_brackets_inside_strings_do_not_count_as_nesting() -> None:
    value = {"a": "[" * 50 + '"\\' + "{" * 50}
    assert parse_object(canonical(value)) == value


def test_nesting_is_taken_up_to_the_limit_and_refused_beyond() -> None:
    deep = b'{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"
    parse_object(deep)
    deeper = b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}"
    with pytest.raises(BadMessage, match="deeper"):
        parse_object(deeper)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_a_typed_refusal(data: bytes) -> None:
    with contextlib.suppress(BadMessage):
        assert isinstance(parse_object(data), dict)


@pytest.mark.parametrize("value", [1.5, b"bytes", {1: "a"}, object(), 2**53])
def test_values_outside_the_protocol_are_not_written(value: object) -> None:
    with pytest.raises(BadMessage):
        canonical({"a": value})  # type: ignore[dict-item]
