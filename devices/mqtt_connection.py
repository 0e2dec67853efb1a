"""One connection to a broker: paho-mqtt driven by the asyncio loop, without a thread of paho's.

A connection is used once. Packet numbers, pending publishes and acknowledgements belong to it
and die with it, so that nothing of an old connection can be mistaken for the new one's.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from typing import Any, cast

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from devices.mqtt_errors import ConnectFailed, NotConnected, PublishRefused, SubscribeRefused
from devices.mqtt_options import MqttOptions, Will
from devices.mqtt_pending import Pending
from devices.ports import Delivery

log = logging.getLogger(__name__)

_SOCKET_BUFFER_BYTES = 2 * 1024 * 1024
_MISC_EVERY_S = 1.0
_OWN_INFLIGHT = 20
_PACKET_OVERHEAD_BYTES = 64


class Connection:
    """A single MQTT 5 connection; ``lost`` is done (with the reason) once it is over.

    Use from one event loop only. ``on_delivery`` is called for every message and must not block.
    """

    def __init__(
        self,
        options: MqttOptions,
        number: int,
        will: Will | None,
        on_delivery: Callable[[Delivery], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._options = options
        self._number = number
        self._on_delivery = on_delivery
        self._connack: asyncio.Future[bool] = self._loop.create_future()
        self._published = Pending()
        self._subscribed = Pending()
        self._slots = asyncio.Semaphore(_OWN_INFLIGHT)
        self._largest_packet = 2**28 - 1
        self._misc: asyncio.Task[None] | None = None
        self._reading = False
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._client = self._make_client(will)

    @property
    def is_open(self) -> bool:
        """Whether the broker has accepted the connection and it still stands."""
        accepted = self._connack.done() and self._connack.exception() is None
        return accepted and not self.lost.done()

    async def open(self) -> bool:
        """Connect; returns whether the broker still had our session. Raises ``ConnectFailed``."""
        options = self._options
        opening = self._loop.run_in_executor(None, self._connect_blocking)
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            # The thread cannot be stopped: let it end by its own time-out, then drop its socket.
            opening.add_done_callback(lambda _done: self.abort("cancelled while connecting"))
            raise
        except (OSError, ValueError) as error:
            raise ConnectFailed(f"{options.host}:{options.port}: {error}") from error
        self._attach_socket()
        try:
            async with asyncio.timeout(options.connect_timeout_s):
                return await asyncio.shield(self._connack)
        except TimeoutError:
            self.abort("no CONNACK in time")
            raise ConnectFailed(
                f"{options.host}:{options.port} did not answer in {options.connect_timeout_s} s"
            ) from None
        except asyncio.CancelledError:
            self.abort("cancelled while connecting")
            raise

    async def publish(
        self, topic: str, payload: bytes, *, qos: int, retain: bool, expiry_s: int | None
    ) -> None:
        """Publish and, for QoS 1, wait for the broker's acknowledgement.

        Raises ``NotConnected`` or ``PublishRefused``. Cancelling while waiting for a free slot
        means that nothing was sent; later it may have been.
        """
        size = len(payload) + len(topic) + _PACKET_OVERHEAD_BYTES
        if size > self._largest_packet:
            raise PublishRefused(
                f"{size} bytes on {topic}; the broker takes at most {self._largest_packet}"
            )
        properties = _properties(PacketTypes.PUBLISH)
        if expiry_s is not None:
            properties.MessageExpiryInterval = expiry_s
        await self._slots.acquire()
        try:
            self._require_open()
            info = self._client.publish(topic, payload, qos, retain, properties)
            if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                raise NotConnected(f"could not publish on {topic}: {info.rc.name}")
        except BaseException:
            self._slots.release()
            raise
        if qos == 0:
            self._slots.release()
            return
        done = self._published.expect(info.mid)
        done.add_done_callback(lambda _done: self._slots.release())
        await asyncio.shield(done)

    async def subscribe(self, filters: dict[str, int]) -> None:
        """Subscribe to filters with their QoS; raises ``NotConnected`` or ``SubscribeRefused``."""
        self._require_open()
        wanted = [(name, SubscribeOptions(qos=qos)) for name, qos in filters.items()]
        code, mid = self._client.subscribe(wanted)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or mid is None:
            raise NotConnected(f"could not subscribe: {code.name}")
        await asyncio.shield(self._subscribed.expect(mid))

    def ack(self, delivery: Delivery) -> bool:
        """Acknowledge a delivery of this connection; False if it came on another or this ended."""
        if delivery.connection != self._number or not self.is_open:
            return False
        return self._client.ack(delivery.mid, delivery.qos) == MQTTErrorCode.MQTT_ERR_SUCCESS

    def pause_reading(self) -> None:
        """Stop taking bytes from the broker (TCP then slows it down)."""
        if self._reading and (sock := self._client.socket()) is not None:
            self._loop.remove_reader(sock)
            self._reading = False

    def resume_reading(self) -> None:
        """Take bytes from the broker again."""
        if not self._reading and self.is_open and (sock := self._client.socket()) is not None:
            self._loop.add_reader(sock, self._read)
            self._reading = True
            self._loop.call_soon(self._read)  # TLS may hold bytes that the selector cannot see

    async def close(self, timeout_s: float = 2.0) -> None:
        """Say goodbye to the broker (the last will is not published) and close."""
        if self.is_open:
            self._client.disconnect()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await asyncio.shield(self.lost)
        self.abort("closed")

    def abort(self, reason: str) -> None:
        """Close the socket without a word, as a crash would; safe to call twice."""
        sock = self._client.socket()
        if sock is not None and sock.fileno() >= 0:
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)
            sock.close()
        self._end(reason)

    def _make_client(self, will: Will | None) -> paho.Client:
        options = self._options
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=options.client_id,
            protocol=paho.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = options.connect_timeout_s
        client.max_inflight_messages_set(0)  # our own slots bound what is under way
        if options.username is not None:
            client.username_pw_set(options.username, options.password)
        if options.tls is not None:
            client.tls_set_context(options.tls)
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_register_write
        client.on_socket_unregister_write = self._on_unregister_write
        return client

    def _connect_blocking(self) -> None:
        """Runs in a thread; the socket callbacks keep still until the loop takes over."""
        options = self._options
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = options.session_expiry_s
        properties.ReceiveMaximum = options.receive_maximum
        properties.MaximumPacketSize = options.max_packet_bytes
        self._client.connect(
            options.host,
            options.port,
            options.keepalive_s,
            clean_start=False,
            properties=properties,
        )

    def _attach_socket(self) -> None:
        sock = cast("socket.socket | None", self._client.socket())
        if sock is None or self.lost.done():
            raise ConnectFailed("the broker closed the connection at once")
        for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, buffer, _SOCKET_BUFFER_BYTES)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop.add_reader(sock, self._read)
        self._reading = True
        if self._client.want_write():
            self._loop.add_writer(sock, self._write)
        self._misc = self._loop.create_task(self._run_misc(), name="mqtt-misc")

    def _read(self) -> None:
        """Let paho read; whatever it raises ends the connection and shows in the loop's log."""
        intact = False
        try:
            while not self.lost.done():
                self._client.loop_read()
                sock = self._client.socket()
                if not isinstance(sock, ssl.SSLSocket) or not self._reading or not sock.pending():
                    break
            intact = True
        finally:
            if not intact:
                self.abort("reading failed")

    def _write(self) -> None:
        intact = False
        try:
            self._client.loop_write()
            intact = True
        finally:
            if not intact:
                self.abort("writing failed")

    async def _run_misc(self) -> None:
        """Keep-alive pings, and noticing that the broker no longer answers them."""
        try:
            while not self.lost.done():
                await asyncio.sleep(_MISC_EVERY_S)
                self._client.loop_misc()
        finally:
            self.abort("keep-alive ended")

    def _require_open(self) -> None:
        if not self.is_open:
            raise NotConnected("not connected to the broker")

    def _end(self, reason: str) -> None:
        if self.lost.done():
            return
        self.lost.set_result(reason)
        if self._misc is not None:
            self._misc.cancel()
        if not self._connack.done():
            self._connack.set_exception(ConnectFailed(reason))
            self._connack.exception()
        ended = NotConnected(f"the connection ended: {reason}")
        self._published.fail_all(ended)
        self._subscribed.fail_all(ended)

    def _on_connect(
        self,
        _client: paho.Client,
        _data: Any,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if self._connack.done():
            return
        if reason.is_failure:
            self._connack.set_exception(ConnectFailed(f"the broker refused us: {reason}"))
            self._connack.exception()
            return
        if properties is not None:
            self._largest_packet = getattr(properties, "MaximumPacketSize", self._largest_packet)
            theirs = getattr(properties, "ReceiveMaximum", _OWN_INFLIGHT)
            self._slots = asyncio.Semaphore(min(_OWN_INFLIGHT, theirs))
        self._connack.set_result(flags.session_present)

    def _on_disconnect(
        self, _client: paho.Client, _data: Any, _flags: Any, reason: ReasonCode, _props: Any
    ) -> None:
        self._end(str(reason))

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            log.warning("a message on a topic that is not UTF-8 was dropped")
            self._client.ack(message.mid, message.qos)
            return
        payload = bytes(message.payload)
        self._on_delivery(
            Delivery(topic, payload, message.qos, message.retain, self._number, message.mid)
        )

    def _on_publish(
        self, _client: paho.Client, _data: Any, mid: int, reason: ReasonCode, _props: Any
    ) -> None:
        refusal = PublishRefused(f"the broker refused a message: {reason}")
        self._published.settle(mid, refusal if reason.is_failure else None)

    def _on_subscribe(
        self, _client: paho.Client, _data: Any, mid: int, reasons: list[ReasonCode], _props: Any
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        refusal = SubscribeRefused(f"the broker refused: {', '.join(refused)}")
        self._subscribed.settle(mid, refusal if refused else None)

    def _on_socket_close(self, _client: paho.Client, _data: Any, sock: Any) -> None:
        # Before the loop takes over nothing is registered; after an abort the socket is closed.
        if self._misc is not None and sock.fileno() >= 0:
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)

    def _on_register_write(self, _client: paho.Client, _data: Any, sock: Any) -> None:
        if self._misc is not None:
            self._loop.add_writer(sock, self._write)

    def _on_unregister_write(self, _client: paho.Client, _data: Any, sock: Any) -> None:
        if self._misc is not None:
            self._loop.remove_writer(sock)


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]
