"""The embedded MQTT 5 broker: for demonstrations, tests and single-machine sites.

It is rumqttd, compiled into the ``iotcore`` package, in a child process that listens on the
loopback interface only. It keeps nothing over a restart, which is why cameras keep every
picture until they hold its receipt. ``python -m devices.broker --config FILE`` is the child.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
from pathlib import Path
from types import TracebackType

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_READY_POLL_S = 0.02
_PACKAGE_PARENT = Path(__file__).resolve().parent.parent

_CONFIG = """\
id = 0

[router]
id = 0
max_connections = 1024
max_outgoing_packet_count = 200
# The log of each subscription filter lives in memory, up to size times count.
max_segment_size = {segment}
max_segment_count = 8
shared_subscriptions_strategy = "roundrobin"

[v5.1]
name = "loopback"
listen = "{host}:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 10000
max_payload_size = {payload}
max_inflight_count = 100
"""


class BrokerFailed(RuntimeError):
    """The embedded broker did not start, or ended by itself."""


class BrokerPortTaken(BrokerFailed):
    """Another program listens on the wanted port."""


class EmbeddedBroker:
    """A broker of our own; use as ``async with EmbeddedBroker(data_dir=...) as broker``.

    ``port`` 0 takes a free one; afterwards ``port`` tells which. It ends with this process even
    when this process is killed. ``max_payload_bytes`` must be above the largest capture.
    rumqttd does not heed a client's receive maximum (measured): it has up to 100
    unacknowledged messages out to each client.
    """

    def __init__(
        self,
        *,
        data_dir: Path,
        port: int = 0,
        max_payload_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        self.port = port
        self._data_dir = data_dir
        self._max_payload_bytes = max_payload_bytes
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self.is_running and self._process else None

    @property
    def is_running(self) -> bool:
        """Whether the child is alive."""
        return self._process is not None and self._process.returncode is None

    async def start(self, timeout_s: float = 10.0) -> None:
        """Start and wait until it listens; raises ``BrokerPortTaken`` or ``BrokerFailed``."""
        if self.is_running:
            return
        self.port = _claim_port(self.port)
        self._data_dir.mkdir(parents=True, exist_ok=True)
        config = self._data_dir / "broker.toml"
        config.write_text(
            _CONFIG.format(
                host=LOOPBACK,
                port=self.port,
                payload=self._max_payload_bytes,
                segment=max(16 * 1024 * 1024, self._max_payload_bytes),
            )
        )
        with (self._data_dir / "broker.log").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "devices.broker",
                "--config",
                str(config),
                "--parent",
                str(os.getpid()),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in a terminal goes to us, who then stop it
                cwd=_PACKAGE_PARENT,
            )
        try:
            async with asyncio.timeout(timeout_s):
                await self._until_listening()
        except TimeoutError:
            await self.stop()
            raise BrokerFailed(f"the broker did not listen within {timeout_s} s") from None

    async def stop(self, timeout_s: float = 5.0) -> None:
        """Stop the child and wait for its end; safe to call twice."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(timeout_s):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def kill(self) -> None:
        """End the child as a crash would (fault tests)."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def __aenter__(self) -> EmbeddedBroker:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _until_listening(self) -> None:
        process = self._process
        while process is not None:
            if process.returncode is not None:
                raise BrokerFailed(
                    f"the broker ended with {process.returncode}: {self._last_words()}"
                )
            if _accepts(self.port):
                return
            await asyncio.sleep(_READY_POLL_S)

    def _last_words(self) -> str:
        lines = (self._data_dir / "broker.log").read_text(errors="replace").splitlines()
        return lines[-1][:300] if lines else "it said nothing"


def _claim_port(port: int) -> int:
    """The port, or a free one for 0; raises ``BrokerPortTaken`` where somebody listens."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise BrokerPortTaken(
                f"port {port} on {LOOPBACK} is taken ({error.strerror}); stop what listens there "
                "or choose another port for the embedded broker"
            ) from error
        chosen: int = probe.getsockname()[1]
        return chosen


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((LOOPBACK, port)) == 0


def main(arguments: list[str] | None = None) -> None:
    """Run the broker in this process until it is told to end, or its parent is gone."""
    parser = argparse.ArgumentParser(prog="python -m devices.broker", description=__doc__)
    parser.add_argument("--config", required=True, help="rumqttd settings (TOML)")
    parser.add_argument("--parent", type=int, help="end when this process ends")
    options = parser.parse_args(arguments)
    if options.parent is not None:
        _end_with(options.parent)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # rumqttd opens an error-level span for every packet; only its fatal words are of use.
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
    from iotcore import IotCoreBroker  # the parent never needs the 14 MB library

    IotCoreBroker(config_path=options.config).run_forever()


def _end_with(parent: int) -> None:
    """Ask the kernel to end us with our parent, which may already be gone (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent process is gone")


if __name__ == "__main__":
    main()
