"""The embedded broker's life: quick start, a clear word about a taken port, no orphans."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

import pytest

from devices.broker import BrokerPortTaken, EmbeddedBroker

PARENT = """
import asyncio, pathlib, sys
from devices.broker import EmbeddedBroker

async def main():
    broker = EmbeddedBroker(data_dir=pathlib.Path(sys.argv[1]))
    await broker.start()
    print(broker.pid, broker.port, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_it_starts_stops_and_starts_again_on_the_same_port(tmp_path: Path) -> None:
    broker = EmbeddedBroker(data_dir=tmp_path)
    await broker.start()
    port = broker.port
    await broker.stop()
    assert not broker.is_running
    await broker.start()
    assert broker.port == port
    assert _listens(port)
    await broker.stop()
    await broker.stop()
    assert not _listens(port)


async def test_a_taken_port_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        broker = EmbeddedBroker(data_dir=tmp_path, port=port)
        with pytest.raises(BrokerPortTaken, match=str(port)):
            await broker.start()
        assert not broker.is_running


async def test_it_listens_on_the_loopback_interface_only(tmp_path: Path) -> None:
    async with EmbeddedBroker(data_dir=tmp_path) as broker:
        wanted = f":{broker.port:04X}"
        listening = [
            address for address, state in _sockets() if state == "0A" and wanted in address
        ]
    assert listening == [f"0100007F{wanted}"]


async def test_it_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    port = int((await parent.stdout.readline()).split()[1])
    assert _listens(port)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    async with asyncio.timeout(5):
        while _listens(port):  # noqa: ASYNC110 - nothing tells us about another process's end
            await asyncio.sleep(0.02)


def _sockets() -> list[tuple[str, str]]:
    """Local address and state of every TCP socket, as Linux writes them."""
    tables = [Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    return [(row[1], row[3]) for row in rows]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
