"""Watches the embedded broker: it can be dead inside while its process lives.

Each probe is a round trip as a device makes it: connect, subscribe, publish, receive. What does
not come back in time counts as a failure; after ``failures`` in a row, or when the process has
ended, the broker is started anew on its port, and everybody reconnects.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from devices.broker import LOOPBACK, BrokerFailed, EmbeddedBroker
from devices.mqtt import MqttClient
from devices.mqtt_errors import MqttError
from devices.mqtt_options import MqttOptions

log = logging.getLogger(__name__)

PROBE_ROOT = "gate/probe"
"""Beside the protocol's topics: nobody else listens there."""


class BrokerWatch:
    """Keeps ``broker`` answering; ``restarted`` is told why each time it was started anew."""

    def __init__(
        self,
        broker: EmbeddedBroker,
        restarted: Callable[[str], None],
        *,
        every_s: float = 5.0,
        patience_s: float = 5.0,
        failures: int = 2,
    ) -> None:
        self.restarts = 0
        self._broker = broker
        self._restarted = restarted
        self._every_s = every_s
        self._patience_s = patience_s
        self._failures = failures

    async def run(self) -> None:
        """Probe for ever."""
        failed = 0
        while True:
            await asyncio.sleep(self._every_s)
            why = await self._wrong()
            failed = failed + 1 if why else 0
            if why and (failed >= self._failures or not self._broker.is_running):
                await self._start_anew(why)
                failed = 0

    async def probe(self) -> None:
        """One round trip; raises ``MqttError`` or ``TimeoutError`` where it does not come back."""
        word = secrets.token_hex(8)
        topic = f"{PROBE_ROOT}/{word}"
        options = MqttOptions(
            client_id=f"gate-probe-{word}", host=LOOPBACK, port=self._broker.port,
            session_expiry_s=0, connect_timeout_s=self._patience_s,
            publish_timeout_s=self._patience_s,
        )  # fmt: skip
        async with asyncio.timeout(self._patience_s), MqttClient(options) as client:
            await client.wait_connected(self._patience_s)
            await client.subscribe(topic)
            await client.publish(topic, word.encode())
            async for delivery in client.messages():
                client.ack(delivery)
                if delivery.payload == word.encode():
                    return

    async def _wrong(self) -> str:
        """What is wrong with the broker now, in words; empty where it is well."""
        if not self._broker.is_running:
            return "its process ended"
        try:
            await self.probe()
        except TimeoutError:
            return f"a message did not come back within {self._patience_s:.0f} s"
        except MqttError as error:
            return f"it could not be used: {error}"
        return ""

    async def _start_anew(self, why: str) -> None:
        log.error("the embedded broker is started anew: %s", why)
        await self._broker.kill()
        try:
            await self._broker.start()
        except BrokerFailed as error:
            log.error("the embedded broker did not start: %s", error)
            return
        self.restarts += 1
        self._restarted(why)
