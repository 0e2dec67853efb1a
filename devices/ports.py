"""What the rest of the program may expect of the message bus and of devices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from devices.barrier_machine import Drive, KeySwitch, Sensors


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it came from the broker.

    ``connection`` numbers the connection it came on and ``mid`` the packet; together they are
    what :meth:`Bus.ack` needs. The broker's duplicate flag is left out on purpose: it tells
    nothing about whether this program has handled a message.
    """

    topic: str
    payload: bytes
    qos: int
    retained: bool
    connection: int
    mid: int


class Bus(Protocol):
    """A connection to an MQTT broker that heals itself."""

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the current connection."""

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        timeout_s: float | None = None,
    ) -> None:
        """Hand a message to the broker; returns when it has taken it (``MqttError`` if not)."""

    async def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """Receive what matches the filter, now and after every reconnect."""

    def messages(self) -> AsyncIterator[Delivery]:
        """What arrives, in order, for one consumer."""

    def ack(self, delivery: Delivery) -> bool:
        """Tell the broker that a message is handled for good; False if its connection is gone."""


class BarrierHardware(Protocol):
    """The electrics of one barrier. Calls return at once."""

    def read(self) -> Sensors:
        """The end switches and loops as they are now."""

    def key(self) -> KeySwitch:
        """The local key switch as it stands now."""

    def drive(self, drive: Drive) -> None:
        """Set the motor; called again and again, so repeating must be harmless."""
