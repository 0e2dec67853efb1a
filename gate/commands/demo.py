"""``gate demo``: the whole gate on this machine, with simulated lanes."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

from config.policy_file import DEMO
from config.settings import Settings
from gate.app.demo import FIRST_FIRM, LANES, DemoUser, prepare_demo
from gate.app.demo_firm import fill_firm
from gate.app.demo_history import make_history
from gate.app.demo_traffic import plan_traffic
from gate.app.runtime import Service
from gate.commands.serving import run_service, set_up_logging
from gate.commands.settings_from import add_options, settings_from
from gate.store import seed
from gate.store.errors import StoreError
from gate.web.auth import hash_password

log = logging.getLogger(__name__)

RENEW_S = 120.0
PATIENCE_S = 30
_EPILOG = """\
Everything is in the data folder: PostgreSQL, the evidence, the broker's log, the sign-ins.
Its policy is config/policies/demo.toml unless the settings name another.
GATE_PORT sets the port of the pages (8080), GATE_DATA the data folder. Ctrl-C stops it all.

examples:
  gate demo
  GATE_PORT=9000 GATE_DATA=/tmp/gate gate demo --seed 7
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``demo`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "demo", help="run everything on this machine with simulated lanes", epilog=_EPILOG,
        description="Embedded PostgreSQL and MQTT broker, four simulated lanes, web pages.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_options(parser)
    parser.add_argument("--seed", type=int, default=2026, help="of the made-up data and traffic")
    parser.add_argument("--no-traffic", action="store_true", help="lanes without trucks")
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the demonstration until it is told to stop."""
    settings = settings_from(args)
    if settings.broker.host == "" and "port" not in settings.broker.model_fields_set:
        # A free port: the usual one may belong to a broker of this machine.
        settings = settings.model_copy(
            update={"broker": settings.broker.model_copy(update={"port": 0})}
        )
    if settings.policy is None:
        settings = settings.model_copy(update={"policy": DEMO})
    if "second_factor" not in settings.web.model_fields_set:
        # The demonstration's sign-ins are printed: their users have no second factor.
        settings = settings.model_copy(
            update={"web": settings.web.model_copy(update={"second_factor": "offered"})}
        )
    set_up_logging(
        "WARNING" if "log_level" not in settings.model_fields_set else settings.log_level
    )
    demo = _Demo(settings, args.seed, traffic=not args.no_traffic)
    return asyncio.run(run_service(settings, demo=True, prepare=demo.prepare, started=demo.started))


class _Demo:
    """The data before the start, and the traffic after it."""

    def __init__(self, settings: Settings, number: int, *, traffic: bool) -> None:
        self._settings = settings
        self._number = number
        self._traffic = traffic
        self._users: tuple[DemoUser, ...] = ()

    async def prepare(self, service: Service) -> None:
        """Fill the database."""
        self._users = await prepare_demo(
            service.database, self._settings.data, self._settings.site, service.clock,
            hash_password, self._number, service.vault,
        )  # fmt: skip
        await make_history(
            service.database, tuple((lane, direction.value) for lane, _, direction in LANES),
            self._settings.web.timezone, service.clock.now(), random.Random(self._number),
        )  # fmt: skip

    async def started(self, service: Service) -> None:
        """Say where to look, then keep trucks coming until cancelled."""
        firm = await seed.firm_of(service.database, FIRST_FIRM)
        await fill_firm(service.firms, service.database, service.clock, firm, self._number)
        self._say(service)
        if not self._traffic:
            await asyncio.Event().wait()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._renew(service))
            tasks.create_task(self._drive(service))

    def _say(self, service: Service) -> None:
        web, (host, port) = self._settings.web, service.broker_address
        lines = [
            "",
            f"  Pages    http://{web.host}:{web.port}/   (console, /metrics, /healthz, /readyz)",
            f"  Broker   mqtt://{host}:{port}   (MQTT 5)",
            f"  Data     {self._settings.data}",
            "  Sign-ins (only of this demonstration):",
            *(f"    {u.name:<11} {u.password:<28} {u.role.replace('_', ' ')}" for u in self._users),
            "  Stop with Ctrl-C.",
            "",
        ]
        print("\n".join(lines), flush=True)

    async def _renew(self, service: Service) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                await seed.renew_demo(service.database)
            except StoreError as error:
                log.warning("the demonstration's declarations were not renewed: %s", error)

    async def _drive(self, service: Service) -> None:
        """Run ``gate simulate`` beside us, and again where it ends by itself."""
        folder = self._settings.data / "simulation"
        folder.mkdir(exist_ok=True)
        rng = random.Random(self._number)
        while True:
            await self._write_plan(service, folder, rng)
            await self._simulate(service, folder)
            log.warning("the simulated lanes ended; they start again")
            await asyncio.sleep(2)

    async def _write_plan(self, service: Service, folder: Path, rng: random.Random) -> None:
        keys = {row.key_id: row.secret.hex() for row in service.register.devices}
        plan = await plan_traffic(service.database, rng)
        _write_private(folder / "keys.json", keys)
        _write_private(folder / "trucks.json", plan)

    async def _simulate(self, service: Service, folder: Path) -> None:
        host, port = service.broker_address
        with (folder / "simulation.log").open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "gate.cli", "simulate",
                "--keys", str(folder / "keys.json"), "--trucks", str(folder / "trucks.json"),
                "--lanes", ",".join(lane for lane, _, _ in LANES), "--broker", f"{host}:{port}",
                "--site", self._settings.site, "--data", str(folder), "--seed", str(self._number),
                "--patience", str(PATIENCE_S),
                stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        try:
            await process.wait()
        finally:
            await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(5):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _write_private(path: Path, value: object) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    os.chmod(path, 0o600)
