"""Real brokers for the tests: the embedded one and Debian's Mosquitto 2, with one interface."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from devices.broker import LOOPBACK, EmbeddedBroker

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class RunningBroker(Protocol):
    """What a fault test needs of a broker."""

    port: int

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def kill(self) -> None: ...


class Mosquitto:
    """A Mosquitto of our own on a free loopback port; ``extra`` is added to its settings."""

    def __init__(self, data_dir: Path, extra: str = "allow_anonymous true") -> None:
        self.port = 0
        self._data_dir = data_dir
        self._extra = extra
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        assert MOSQUITTO is not None
        if self.port == 0:
            with socket.socket() as probe:
                probe.bind((LOOPBACK, 0))
                self.port = probe.getsockname()[1]
        config = self._data_dir / "mosquitto.conf"
        config.write_text(f"user root\nlistener {self.port} {LOOPBACK}\n{self._extra}\n")
        with (self._data_dir / "mosquitto.log").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                MOSQUITTO, "-c", str(config), stdout=output, stderr=output
            )
        async with asyncio.timeout(10):
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex((LOOPBACK, self.port)) == 0:
                        return
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@contextlib.asynccontextmanager
async def running_broker(kind: str, data_dir: Path) -> AsyncIterator[RunningBroker]:
    """A started broker of a kind, ``embedded`` or ``mosquitto``; stopped at the end."""
    broker: RunningBroker
    broker = EmbeddedBroker(data_dir=data_dir) if kind == "embedded" else Mosquitto(data_dir)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()
