"""Captures: the payload carries its own proof, and each kind of damage has its own name."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.capture import CaptureHeader, Media
from schemas.capture_payload import (
    CaptureLimits,
    decode_capture,
    encode_capture,
    peek_capture_id,
)
from schemas.protocol_errors import (
    BadHeader,
    BadMedia,
    BadSignature,
    HashMismatch,
    LengthMismatch,
    ProtocolError,
    TooLarge,
    TopicMismatch,
    UnknownKey,
)
from schemas.topics import Topic
from tests.schemas.strategies import SECRET, captures

LIMITS = CaptureLimits()
Parts = tuple[Topic, CaptureHeader, bytes]


def find(_topic: Topic, _key: str) -> bytes:
    return SECRET


def encode(parts: Parts) -> bytes:
    topic, header, picture = parts
    return encode_capture(topic, header, picture, SECRET, LIMITS)


@given(captures())
def test_a_capture_survives_the_wire(parts: Parts) -> None:
    topic, header, picture = parts
    capture = decode_capture(topic, encode(parts), find, LIMITS)
    assert capture.header == header
    assert capture.picture == picture


@given(captures(), st.integers(1, 50))
def test_a_cut_or_padded_picture_is_a_length_mismatch(parts: Parts, count: int) -> None:
    topic, header, picture = parts
    payload = encode(parts)
    cut = payload[: -min(count, len(picture))]
    for damaged in (cut, payload + b"\xff\xd9"):
        with pytest.raises(LengthMismatch) as caught:
            decode_capture(topic, damaged, find, LIMITS)
        assert caught.value.message_id == header.stamp.id


@given(captures(), st.data())
def test_one_flipped_bit_in_the_picture_is_never_taken(parts: Parts, data: st.DataObject) -> None:
    topic, _, picture = parts
    payload = bytearray(encode(parts))
    where = len(payload) - data.draw(st.integers(1, len(picture)))
    payload[where] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((HashMismatch, BadMedia)):
        decode_capture(topic, bytes(payload), find, LIMITS)


@given(captures(), st.data())
def test_one_flipped_bit_in_the_header_is_never_taken(parts: Parts, data: st.DataObject) -> None:
    topic, _, picture = parts
    payload = bytearray(encode(parts))
    where = data.draw(st.integers(0, len(payload) - len(picture) - 1))
    payload[where] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ProtocolError):
        decode_capture(topic, bytes(payload), find, LIMITS)


@given(captures())
def test_a_capture_on_another_devices_topic_is_a_topic_mismatch(parts: Parts) -> None:
    topic, _, _ = parts
    other = replace(topic, device="someone-else" if topic.device != "someone-else" else "me")
    with pytest.raises(TopicMismatch):
        decode_capture(other, encode(parts), find, LIMITS)


@given(captures())
def test_a_wrong_or_unknown_key_is_refused_before_the_picture_is_hashed(parts: Parts) -> None:
    topic, header, _ = parts
    payload = encode(parts)[:-1] + b"?"
    with pytest.raises(BadSignature):
        decode_capture(topic, payload, lambda _t, _k: b"another secret of good length", LIMITS)
    with pytest.raises(UnknownKey) as caught:
        decode_capture(topic, payload, lambda _t, _k: None, LIMITS)
    assert not caught.value.final
    assert caught.value.message_id == header.stamp.id


@given(captures())
def test_limits_are_checked_from_the_header_alone(parts: Parts) -> None:
    topic, header, picture = parts
    payload = encode(parts)
    with pytest.raises(TooLarge) as caught:
        decode_capture(topic, payload, find, CaptureLimits(max_picture_bytes=len(picture) - 1))
    assert caught.value.message_id == header.stamp.id
    few_pixels = CaptureLimits(max_pixels=header.width * header.height - 1)
    with pytest.raises(TooLarge, match="pixels"):
        decode_capture(topic, payload, find, few_pixels)
    with pytest.raises(BadHeader):
        decode_capture(topic, payload, find, CaptureLimits(max_header_bytes=100))


def test_an_oversized_payload_is_refused_whole_with_its_id() -> None:
    limits = CaptureLimits(max_picture_bytes=10, max_header_bytes=200)
    with pytest.raises(TooLarge) as caught:
        decode_capture(_topic(), b"{" + b"x" * 300, find, limits)
    assert caught.value.message_id is None


@pytest.mark.parametrize(
    "payload", [b"", b"\n", b"{}\n", b"\xff\xd8\xff\xe0 a naked jpeg", b"{}", b"[1]\nx", b"\x00\n"]
)
def test_a_payload_without_a_header_is_a_bad_header(payload: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_capture(_topic(), payload, find, LIMITS)
    assert caught.value.code in {"bad_header", "wrong_version"}


@given(captures())
def test_media_that_differ_from_the_bytes_are_bad_media(parts: Parts) -> None:
    topic, header, picture = parts
    other = Media.PNG if header.media is Media.JPEG else Media.JPEG
    with pytest.raises(BadMedia):
        encode_capture(topic, replace(header, media=other), picture, SECRET, LIMITS)


@given(captures())
def test_an_agent_cannot_send_what_the_centre_would_refuse(parts: Parts) -> None:
    topic, header, picture = parts
    lie = replace(header, sha256=hashlib.sha256(b"another").hexdigest())
    with pytest.raises(HashMismatch):
        encode_capture(topic, lie, picture, SECRET, LIMITS)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_typed_refusal_and_peeking_never_raises(payload: bytes) -> None:
    peek_capture_id(payload, LIMITS)
    with pytest.raises(ProtocolError):
        decode_capture(_topic(), payload, find, LIMITS)


def _topic() -> Topic:
    from schemas.topics import Channel

    return Topic(site="s", lane="l", device="d", channel=Channel.CAPTURE)
