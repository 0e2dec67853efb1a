"""Acknowledgements leave in the order in which their messages came, as MQTT demands.

MQTT 5, statement MQTT-4.6.0-2: a client sends its PUBACKs in the order of the PUBLISHes. A
program that works on several messages at once finishes them in another order. rumqttd 0.20
takes a PUBACK out of order for a defect of the client, cuts it off, and can die of that
(measured: ``group must exist`` in its router when the client holds a shared subscription).
"""

from __future__ import annotations

from collections import deque

from devices.ports import Delivery


class AckOrder:
    """Holds back an acknowledgement until all earlier ones of its connection may leave."""

    def __init__(self) -> None:
        self._waiting: deque[Delivery] = deque()
        self._done: set[tuple[int, int]] = set()

    def arrived(self, delivery: Delivery) -> None:
        """A message that will be acknowledged came."""
        self._waiting.append(delivery)

    def done(self, delivery: Delivery) -> tuple[Delivery, ...]:
        """The message is handled; returns what may be acknowledged now, in order."""
        self._done.add(_place(delivery))
        ready = []
        while self._waiting and _place(self._waiting[0]) in self._done:
            first = self._waiting.popleft()
            self._done.discard(_place(first))
            ready.append(first)
        return tuple(ready)

    def forget(self) -> None:
        """The connection is gone: its packet numbers mean nothing any more."""
        self._waiting.clear()
        self._done.clear()


def _place(delivery: Delivery) -> tuple[int, int]:
    return delivery.connection, delivery.mid
