"""The published JSON Schemas and the code accept exactly the same messages."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from schemas.canonical import canonical
from schemas.capture import CaptureHeader
from schemas.capture_payload import CaptureLimits, decode_capture, encode_capture
from schemas.codec import decode, encode
from schemas.messages import Message
from schemas.protocol_errors import (
    BadMedia,
    HashMismatch,
    LengthMismatch,
    ProtocolError,
    TooLarge,
    TopicMismatch,
)
from schemas.signing import signed
from schemas.topics import Channel, Topic
from tests.schemas.strategies import SECRET, captures, messages_on_topics, uuid7s

LIMITS = CaptureLimits()


def _ecma_pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Any:
    """JSON Schema means ECMA-262 patterns, whose ``$`` does not match before a newline."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern}")


Validator = extend(Draft202012Validator, {"pattern": _ecma_pattern})
SCHEMAS = {
    channel: json.loads(files("schemas").joinpath(f"json/{channel}.schema.json").read_text())
    for channel in Channel
}

others = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 5),
    st.sampled_from([2**48, 2**53 - 1, 60_001, 10_001, 65_536]),
    st.sampled_from(["open", "refused", "free", "closed", "offline", "image/png", "", "a\n"]),
    st.text(max_size=70),
    uuid7s,
    st.lists(st.sampled_from(["alarm_code", "Bad", 1, "HQ123456"]), max_size=17),
)


def find(_topic: Topic, _key: str) -> bytes:
    return SECRET


@pytest.mark.parametrize("channel", Channel)
def test_a_schema_is_itself_valid(channel: Channel) -> None:
    Draft202012Validator.check_schema(SCHEMAS[channel])


@given(messages_on_topics())
def test_what_the_code_writes_the_schema_accepts(pair: tuple[Topic, Message]) -> None:
    topic, message = pair
    Validator(SCHEMAS[topic.channel]).validate(json.loads(encode(topic, message, SECRET)))


@given(captures())
def test_what_a_camera_writes_the_schema_accepts(parts: tuple[Topic, CaptureHeader, bytes]) -> None:
    topic, header, picture = parts
    line = encode_capture(topic, header, picture, SECRET, LIMITS).split(b"\n", 1)[0]
    Validator(SCHEMAS[Channel.CAPTURE]).validate(json.loads(line))


@given(messages_on_topics(), st.data())
def test_on_a_changed_message_code_and_schema_agree(
    pair: tuple[Topic, Message], data: st.DataObject
) -> None:
    topic, message = pair
    fields = _changed(dict(message.to_json()), SCHEMAS[topic.channel], data)
    wire = signed(topic, fields, SECRET)
    try:
        decode(topic, canonical(wire), find)
        accepted = True
    except ProtocolError:
        accepted = False
    assert Validator(SCHEMAS[topic.channel]).is_valid(wire) == accepted


@given(captures(), st.data())
def test_on_a_changed_header_code_and_schema_agree(
    parts: tuple[Topic, CaptureHeader, bytes], data: st.DataObject
) -> None:
    topic, header, picture = parts
    fields = _changed(dict(header.to_json()), SCHEMAS[Channel.CAPTURE], data)
    wire = signed(topic, fields, SECRET)
    try:
        decode_capture(topic, canonical(wire) + b"\n" + picture, find, LIMITS)
        accepted = True
    except (TopicMismatch, TooLarge, LengthMismatch, BadMedia, HashMismatch):
        accepted = True  # the header itself was in order; it only lies about something else
    except ProtocolError:
        accepted = False
    assert Validator(SCHEMAS[Channel.CAPTURE]).is_valid(wire) == accepted
    assert hashlib.sha256(picture).hexdigest() == header.sha256


def _changed(fields: dict[str, Any], schema: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    known = sorted(set(schema["properties"]) - {"sig", "key"})
    name = data.draw(st.sampled_from([*known, "surplus"]))
    if name in fields and data.draw(st.booleans()):
        del fields[name]
    else:
        fields[name] = data.draw(others)
    return fields
