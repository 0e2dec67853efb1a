"""TLS and passwords, against a real Mosquitto."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devices.mqtt import MqttClient
from devices.mqtt_errors import NotConnected
from tests.devices.brokers import Mosquitto
from tests.devices.conftest import needs_mosquitto, options_for

pytestmark = [pytest.mark.debian, needs_mosquitto]


@pytest.fixture
def credentials(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A self-signed certificate for 127.0.0.1, its key, and a password file."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]  # noqa: RUF005
        + ["-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext"]
        + ["subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    passwords = tmp_path / "passwords"
    passwords.write_text("camera:right\n")
    subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True, capture_output=True)
    return certificate, key, passwords


@pytest.fixture
async def secured(
    tmp_path: Path, credentials: tuple[Path, Path, Path]
) -> AsyncIterator[tuple[Mosquitto, Path]]:
    """A Mosquitto that wants TLS 1.3 and a password, and the certificate it shows."""
    certificate, key, passwords = credentials
    broker = Mosquitto(
        tmp_path,
        f"certfile {certificate}\nkeyfile {key}\ntls_version tlsv1.3\n"
        f"allow_anonymous false\npassword_file {passwords}",
    )
    await broker.start()
    yield broker, certificate
    await broker.stop()


async def test_a_large_payload_comes_through_tls_with_the_right_password(
    secured: tuple[Mosquitto, Path],
) -> None:
    broker, certificate = secured
    tls = ssl.create_default_context(cafile=str(certificate))
    options = options_for(broker, "camera", tls=tls, username="camera", password="right")
    async with MqttClient(options) as client:
        await client.subscribe("echo/#")
        await client.wait_connected(10)
        for size in (10, 3_000_000, 10):
            await client.publish("echo/x", b"0" * size)
        sizes = []
        async for delivery in client.messages():
            client.ack(delivery)
            sizes.append(len(delivery.payload))
            if len(sizes) == 3:
                break
    assert sizes == [10, 3_000_000, 10]


async def test_a_wrong_password_is_told_and_retried_not_fatal(
    secured: tuple[Mosquitto, Path],
) -> None:
    broker, certificate = secured
    tls = ssl.create_default_context(cafile=str(certificate))
    options = options_for(broker, "camera", tls=tls, username="camera", password="wrong")
    async with MqttClient(options) as client:
        with pytest.raises(NotConnected, match="Not authorized"):
            await client.wait_connected(1)
        assert not client.connected


async def test_a_certificate_of_an_unknown_authority_is_refused(
    secured: tuple[Mosquitto, Path],
) -> None:
    broker, _ = secured
    tls = ssl.create_default_context()
    options = options_for(broker, "camera", tls=tls, username="camera", password="right")
    async with MqttClient(options) as client:
        with pytest.raises(NotConnected, match="certificate verify failed"):
            await client.wait_connected(1)
