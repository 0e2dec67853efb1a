"""What can be wrong with a message, as typed errors with a stable ``code``.

The code travels in receipts and counters, the text is for people. ``message_id`` is the id
that the refused message claimed, where one could be read, so that its sender can be told.
"""

from __future__ import annotations

from typing import ClassVar


class ProtocolError(ValueError):
    """Something breaks the protocol; ``final``: sending the same again cannot help."""

    code: ClassVar[str] = "protocol_error"
    final: ClassVar[bool] = True

    def __init__(self, text: str, *, message_id: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.message_id = message_id

    def about(self, message_id: str | None) -> ProtocolError:
        """The same error, naming the message it is about (the first name given stays)."""
        if self.message_id is None:
            self.message_id = message_id
        return self


class BadName(ProtocolError):
    """A site, lane, device or key name is outside the allowed letters or length."""

    code = "bad_name"


class BadId(ProtocolError):
    """An identifier is not a lower-case UUID of the wanted version."""

    code = "bad_id"


class BadTopic(ProtocolError):
    """A topic does not have the five parts of version 1."""

    code = "bad_topic"


class UnknownChannel(ProtocolError):
    """The last part of a topic names no channel of this protocol."""

    code = "unknown_channel"


class BadMessage(ProtocolError):
    """The payload is not the JSON object that its channel asks for."""

    code = "bad_message"


class BadHeader(ProtocolError):
    """The first line of a capture is missing or is not the header JSON."""

    code = "bad_header"


class WrongVersion(ProtocolError):
    """The message is of another protocol version than 1."""

    code = "wrong_version"


class TooLarge(ProtocolError):
    """The message, its header or its picture is above the limits in the settings."""

    code = "too_large"


class LengthMismatch(ProtocolError):
    """The picture has another number of bytes than its header says: it was cut or padded."""

    code = "length_mismatch"


class HashMismatch(ProtocolError):
    """The picture's SHA-256 is not the one in its header: bytes changed on the way."""

    code = "hash_mismatch"


class TopicMismatch(ProtocolError):
    """The message says another site, lane or device than the topic it came on."""

    code = "topic_mismatch"


class BadMedia(ProtocolError):
    """The picture is not of the media type that its header names, or of none we take."""

    code = "bad_media"


class BadSignature(ProtocolError):
    """The signature is missing or does not fit the message."""

    code = "bad_signature"


class UnknownKey(ProtocolError):
    """The signing key is not registered for this device. Not final: it may be soon."""

    code = "unknown_key"
    final = False
