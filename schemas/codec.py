"""Messages to signed bytes and back: the only place where a message meets the wire."""

from __future__ import annotations

from typing import TypeVar

from schemas.canonical import Json, canonical, parse_object
from schemas.fields import Fields
from schemas.ids import check_uuid7
from schemas.messages import CHANNEL_OF, READERS, Message
from schemas.protocol_errors import (
    BadId,
    ProtocolError,
    TooLarge,
    TopicMismatch,
    UnknownChannel,
)
from schemas.signing import FindSecret, signed, verify
from schemas.topics import Topic

MAX_MESSAGE_BYTES = 16 * 1024

Wanted = TypeVar("Wanted")


def encode(topic: Topic, message: Message, secret: bytes) -> bytes:
    """The signed canonical JSON of ``message``.

    Raises ``TopicMismatch`` if that kind of message does not belong on the topic's channel and
    ``BadMessage`` if a field is out of its bounds: an invalid message is never sent.
    """
    channel = CHANNEL_OF[type(message)]
    if channel is not topic.channel:
        raise TopicMismatch(f"{type(message).__name__} goes on {channel}, not on {topic.channel}")
    fields = message.to_json()
    _read(topic, fields)
    return canonical(signed(topic, fields, secret))


def decode(topic: Topic, payload: bytes, find_secret: FindSecret) -> Message:
    """Check and read what came on ``topic``; raises a ``ProtocolError`` subclass.

    The order is size, JSON, fields, signature; an error raised after the message's id could
    be read carries it as ``message_id``.
    """
    if len(payload) > MAX_MESSAGE_BYTES:
        raise TooLarge(f"the message has {len(payload)} bytes, the limit is {MAX_MESSAGE_BYTES}")
    values = parse_object(payload)
    try:
        message = _read(topic, {name: value for name, value in values.items() if name != "sig"})
        verify(topic, values, find_secret)
    except ProtocolError as error:
        raise error.about(_id_of(values)) from None
    return message


def decode_as(kind: type[Wanted], topic: Topic, payload: bytes, find_secret: FindSecret) -> Wanted:
    """:func:`decode` where the kind is known; raises ``TopicMismatch`` for another kind."""
    message = decode(topic, payload, find_secret)
    if not isinstance(message, kind):
        raise TopicMismatch(f"wanted {kind.__name__}, {topic} carries {type(message).__name__}")
    return message


def _read(topic: Topic, values: dict[str, Json]) -> Message:
    reader = READERS.get(topic.channel)
    if reader is None:
        raise UnknownChannel(f"{topic.channel} does not carry plain JSON messages")
    fields = Fields(values)
    message = reader(fields)
    fields.finish()
    return message


def _id_of(values: dict[str, Json]) -> str | None:
    claimed = values.get("id")
    try:
        return check_uuid7(claimed) if isinstance(claimed, str) else None
    except BadId:
        return None
