"""What ``serve`` and ``demo`` share: run the service and its pages until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine

from config.policy_problems import PolicyInvalid
from config.settings import Settings
from devices.broker import BrokerFailed
from devices.mqtt_errors import MqttError
from gate.app.runtime import Service
from gate.app.vault_keys import VaultKeyUnusable
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from gate.store.migrate import MigrationChanged
from gate.web.server import PortTaken, serve
from ocr.pool import WorkerStartError

CANT_START = (
    BrokerFailed, MigrationChanged, MqttError, PolicyInvalid, PortTaken, PostgresDidNotStart,
    StoreError, TimeoutError, VaultKeyUnusable, WorkerStartError,
)  # fmt: skip

log = logging.getLogger(__name__)


def set_up_logging(level: str) -> None:
    """Log lines on standard error."""
    form = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    logging.basicConfig(level=level, format=form, stream=sys.stderr)


async def run_service(
    settings: Settings,
    *,
    demo: bool,
    prepare: Callable[[Service], Awaitable[None]] | None = None,
    started: Callable[[Service], Coroutine[None, None, None]] | None = None,
) -> int:
    """Run until SIGINT or SIGTERM (0), or until a part of the service fails (1).

    ``started`` is called once everything answers and may run beside the service.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with Service(settings, prepare=prepare) as service:
            runner = await serve(service, demo=demo)
            beside = asyncio.create_task(started(service)) if started else None
            try:
                return await _until(stop, service, beside)
            finally:
                await _end(beside)
                await runner.cleanup()
    except CANT_START as error:
        log.error("can't start: %s", error)
        return 1


async def _until(stop: asyncio.Event, service: Service, beside: asyncio.Task[None] | None) -> int:
    assert service.failed is not None
    waits: set[asyncio.Future[object]] = {
        asyncio.ensure_future(stop.wait()),
        asyncio.ensure_future(service.failed),
    }
    if beside is not None:
        waits.add(beside)  # type: ignore[arg-type]
    done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits - done:
        if wait is not beside:
            wait.cancel()
    failed = [w.exception() for w in done if not w.cancelled() and w.exception() is not None]
    if failed:
        log.error("a part of the service failed; stopping", exc_info=failed[0])
        return 1
    log.info("stopping")
    return 0


async def _end(beside: asyncio.Task[None] | None) -> None:
    if beside is not None:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
