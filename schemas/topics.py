"""Topics of protocol version 1: ``gate/v1/{site}/{lane}/{device}/{channel}``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.ids import check_name
from schemas.protocol_errors import BadName, BadTopic, UnknownChannel

ROOT = "gate/v1"


class Channel(StrEnum):
    """What flows on a topic; the name is the topic's last part."""

    CAPTURE = "capture"
    RECEIPT = "receipt"
    LOOP = "loop"
    WEIGHT = "weight"
    SEAL = "seal"
    COMMAND = "command"
    ANSWER = "answer"
    STATE = "state"
    STATUS = "status"
    TIME = "time"


TO_CENTRE = frozenset(
    {
        Channel.CAPTURE,
        Channel.LOOP,
        Channel.WEIGHT,
        Channel.SEAL,
        Channel.ANSWER,
        Channel.STATE,
        Channel.STATUS,
    }
)
"""Channels that devices write and the centre reads; the others flow the other way."""

RETAINED = frozenset({Channel.STATE, Channel.STATUS})
"""Channels whose last message the broker keeps. A command is never among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic, taken apart. Building one with a bad name raises ``BadName``."""

    site: str
    lane: str
    device: str
    channel: Channel

    def __post_init__(self) -> None:
        check_name(self.site, "site")
        check_name(self.lane, "lane")
        check_name(self.device, "device")

    def __str__(self) -> str:
        return f"{ROOT}/{self.site}/{self.lane}/{self.device}/{self.channel}"

    def on(self, channel: Channel) -> Topic:
        """The topic of the same device on another channel."""
        return Topic(site=self.site, lane=self.lane, device=self.device, channel=channel)


def parse_topic(text: str) -> Topic:
    """Take a topic apart; raises ``BadTopic`` or ``UnknownChannel``."""
    parts = text.split("/")
    if len(parts) != 6 or "/".join(parts[:2]) != ROOT:
        raise BadTopic(f"a topic is {ROOT}/site/lane/device/channel, got {text!r:.200}")
    _, _, site, lane, device, channel = parts
    try:
        known = Channel(channel)
    except ValueError:
        raise UnknownChannel(f"no channel is called {channel!r:.60}") from None
    try:
        return Topic(site=site, lane=lane, device=device, channel=known)
    except BadName as error:
        raise BadTopic(error.text) from None


def topic_filter(
    channel: Channel,
    *,
    site: str = "+",
    lane: str = "+",
    device: str = "+",
    share: str | None = None,
) -> str:
    """An MQTT subscription filter; ``+`` takes any name, ``share`` makes a shared subscription.

    A shared subscription hands each message to one of the clients of that share name.
    Raises ``BadName``.
    """
    for what, name in (("site", site), ("lane", lane), ("device", device)):
        if name != "+":
            check_name(name, what)
    plain = f"{ROOT}/{site}/{lane}/{device}/{channel}"
    return plain if share is None else f"$share/{check_name(share, 'share')}/{plain}"
