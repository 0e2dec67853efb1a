"""Who a device is on the bus."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.status import DeviceKind
from schemas.topics import Channel, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a device is: its topic (any channel), kind, software version, key id and secret."""

    topic: Topic
    kind: DeviceKind
    version: str
    key: str
    secret: bytes

    def on(self, channel: Channel) -> Topic:
        """The topic of this device on a channel."""
        return self.topic.on(channel)

    def own_secret(self, topic: Topic, key: str) -> bytes | None:
        """Find the secret for messages to this device, signed with its key; else None."""
        ours = topic == self.topic.on(topic.channel) and key == self.key
        return self.secret if ours else None
