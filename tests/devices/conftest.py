"""Fixtures of the device tests: real brokers and quick reconnects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from devices.mqtt_options import MqttOptions
from tests.devices.brokers import MOSQUITTO, RunningBroker, running_broker

needs_mosquitto = pytest.mark.skipif(
    MOSQUITTO is None, reason="Mosquitto is not installed (apt-get install mosquitto)"
)
BOTH_BROKERS = [
    "embedded",
    pytest.param("mosquitto", marks=[pytest.mark.debian, needs_mosquitto]),
]


@pytest.fixture(params=BOTH_BROKERS)
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RunningBroker]:
    """Each real broker in turn."""
    async with running_broker(request.param, tmp_path) as started:
        yield started


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[RunningBroker]:
    """The embedded broker."""
    async with running_broker("embedded", tmp_path) as started:
        yield started


def options_for(broker: RunningBroker, client_id: str, **changes: object) -> MqttOptions:
    """Client options with reconnects quick enough for a test."""
    base = {"reconnect_first_s": 0.05, "reconnect_longest_s": 0.3, **changes}
    make: Callable[..., MqttOptions] = MqttOptions
    return make(client_id=client_id, port=broker.port, **base)
