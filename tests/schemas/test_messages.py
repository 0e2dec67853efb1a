"""Messages: each survives the wire; nothing altered, misplaced or unsigned gets through."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import canonical
from schemas.codec import MAX_MESSAGE_BYTES, decode, decode_as, encode
from schemas.commands import Action, Command
from schemas.messages import CHANNEL_OF, Message
from schemas.protocol_errors import (
    BadMessage,
    BadSignature,
    ProtocolError,
    TooLarge,
    TopicMismatch,
    UnknownChannel,
    UnknownKey,
    WrongVersion,
)
from schemas.receipts import Receipt
from schemas.signing import signed
from schemas.topics import Channel, Topic
from tests.schemas.strategies import SECRET, commands, messages_on_topics, topics, uuid7s


def find(_topic: Topic, _key: str) -> bytes:
    return SECRET


@given(messages_on_topics())
def test_every_message_survives_the_wire(pair: tuple[Topic, Message]) -> None:
    topic, message = pair
    assert decode(topic, encode(topic, message, SECRET), find) == message


@given(messages_on_topics(), st.data())
def test_no_altered_field_passes_the_signature(
    pair: tuple[Topic, Message], data: st.DataObject
) -> None:
    topic, message = pair
    fields = json.loads(encode(topic, message, SECRET))
    name = data.draw(st.sampled_from(sorted(fields)))
    other = data.draw(st.none() | st.integers(0, 3) | st.booleans() | st.text() | uuid7s)
    if json.dumps(other) == json.dumps(fields[name]):
        return
    fields[name] = other
    try:
        payload = canonical(fields)
    except BadMessage:
        return
    with pytest.raises(ProtocolError):
        decode(topic, payload, find)


@given(messages_on_topics(), topics)
def test_a_message_copied_to_another_topic_is_refused(
    pair: tuple[Topic, Message], elsewhere: Topic
) -> None:
    topic, message = pair
    if elsewhere == topic:
        return
    with pytest.raises(ProtocolError):
        decode(elsewhere, encode(topic, message, SECRET), find)


@given(messages_on_topics())
def test_another_secret_an_unknown_key_and_no_signature_are_refused(
    pair: tuple[Topic, Message],
) -> None:
    topic, message = pair
    payload = encode(topic, message, SECRET)
    with pytest.raises(BadSignature):
        decode(topic, payload, lambda _topic, _key: b"another secret of good length")
    with pytest.raises(UnknownKey) as caught:
        decode(topic, payload, lambda _topic, _key: None)
    assert caught.value.message_id == message.stamp.id
    unsigned = json.loads(payload)
    del unsigned["sig"]
    with pytest.raises(BadSignature):
        decode(topic, canonical(unsigned), find)


@given(messages_on_topics(), st.data())
def test_a_missing_or_surplus_field_is_refused_even_when_signed(
    pair: tuple[Topic, Message], data: st.DataObject
) -> None:
    topic, message = pair
    optional = {"transit", "decision", "command"}
    fields = {**message.to_json()}
    required = sorted(set(fields) - optional)
    less = dict(fields)
    del less[data.draw(st.sampled_from(required))]
    with pytest.raises(ProtocolError):
        decode(topic, canonical(signed(topic, less, SECRET)), find)
    more = {**fields, "surplus": 1}
    with pytest.raises(BadMessage, match="surplus"):
        decode(topic, canonical(signed(topic, more, SECRET)), find)


@given(messages_on_topics(), st.sampled_from([0, 2, "1", None, True]))
def test_another_version_is_refused_as_such(
    pair: tuple[Topic, Message], version: int | str | None
) -> None:
    topic, message = pair
    fields = {**message.to_json(), "v": version}
    with pytest.raises(WrongVersion):
        decode(topic, canonical(signed(topic, fields, SECRET)), find)


@given(topics, st.binary(max_size=300))
def test_any_bytes_on_any_topic_give_a_typed_refusal(topic: Topic, payload: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(topic, payload, find)
    assert caught.value.code


@given(messages_on_topics(), st.binary(max_size=40), st.integers(0, 400))
def test_a_message_overwritten_in_the_middle_is_refused(
    pair: tuple[Topic, Message], noise: bytes, where: int
) -> None:
    topic, message = pair
    payload = encode(topic, message, SECRET)
    damaged = payload[:where] + noise + payload[where + len(noise) :]
    if damaged == payload:
        return
    try:
        read = decode(topic, damaged, find)
    except ProtocolError:
        return
    assert read == message  # only white space or an escape changed


def test_a_message_above_the_size_limit_is_refused_unread() -> None:
    topic = Topic(site="s", lane="l", device="d", channel=Channel.STATUS)
    with pytest.raises(TooLarge):
        decode(topic, b" " * (MAX_MESSAGE_BYTES + 1), find)


@given(commands)
def test_what_raises_the_arm_must_name_transit_and_decision(command: Command) -> None:
    fields = command.to_json()
    topic = Topic(site="s", lane="l", device="d", channel=Channel.COMMAND)
    bare = {k: v for k, v in fields.items() if k not in {"transit", "decision"}}
    payload = canonical(signed(topic, bare, SECRET))
    if command.action is Action.CLOSE:
        assert decode_as(Command, topic, payload, find).decision is None
    else:
        with pytest.raises(BadMessage, match="decision"):
            decode(topic, payload, find)


@given(commands)
def test_a_message_is_not_sent_on_a_channel_it_does_not_belong_to(command: Command) -> None:
    topic = Topic(site="s", lane="l", device="d", channel=Channel.ANSWER)
    with pytest.raises(TopicMismatch):
        encode(topic, command, SECRET)
    right = topic.on(Channel.COMMAND)
    with pytest.raises(TopicMismatch):
        decode_as(Receipt, right, encode(right, command, SECRET), find)


def test_captures_are_not_read_as_plain_messages() -> None:
    topic = Topic(site="s", lane="l", device="d", channel=Channel.CAPTURE)
    with pytest.raises(UnknownChannel):
        decode(topic, b'{"v":1}', find)


def test_every_channel_but_capture_carries_exactly_one_kind() -> None:
    assert set(CHANNEL_OF.values()) == set(Channel) - {Channel.CAPTURE}
