"""Settings of one MQTT client."""

from __future__ import annotations

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """What the broker publishes for us when we vanish (MQTT's last will), QoS 1."""

    topic: str
    payload: bytes
    retain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttOptions:
    """How to reach a broker and how to behave there.

    ``client_id`` must stay the same over restarts: the broker keeps the session under it for
    ``session_expiry_s``. ``receive_maximum`` bounds how many unacknowledged messages the broker
    may have out to this client: the backpressure. ``max_packet_bytes`` is what this client can
    take; keep it above the largest legal payload, or the broker drops an illegal one unseen.
    Reconnects wait from ``reconnect_first_s`` growing to ``reconnect_longest_s``, at random in
    between, so that a whole site does not come back in one second.
    """

    client_id: str
    host: str = "127.0.0.1"
    port: int = 1883
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    keepalive_s: int = 10
    session_expiry_s: int = 24 * 3600
    receive_maximum: int = 32
    max_packet_bytes: int = 16 * 1024 * 1024
    connect_timeout_s: float = 5.0
    publish_timeout_s: float = 10.0
    reconnect_first_s: float = 1.0
    reconnect_longest_s: float = 20.0
