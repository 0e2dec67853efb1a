"""``gate simulate``: run simulated lanes against any broker."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
from pathlib import Path
from typing import Any

from devices.simulation.lane import Pace
from devices.simulation.plates_art import PlateColour
from devices.simulation.random_trucks import random_truck
from devices.simulation.site import DEVICES, FindKey, SiteSettings, simulated_site
from devices.simulation.traffic import Traffic, TruckPool
from devices.simulation.trucks import SimTruck, Story
from gate.commands.device_options import (
    WrongUse,
    add_broker_options,
    end_on_sigterm,
    mqtt_options,
    run_device,
)
from schemas.ids import check_name
from schemas.signing import MIN_SECRET_BYTES

_EXAMPLES = """\
The devices of a lane are cam-front, cam-rear, loop-entry, barrier, and where there is a key for
them scale and seal-reader. Each signs with the key LANE.DEVICE, whose secret is looked up in the
keys file:
  {"lane-1.cam-front": "9f86d081...", "lane-1.barrier": "60303ae2...", ...}
The trucks file is a list such as:
  [{"plate": "14C12345", "country": "VN", "trailer": "15R54321", "container": "CSQU3054383",
    "weight_kg": 31000, "seals": ["VN1234567"], "story": "declared"},
   {"plate": "桂F12345", "country": "CN", "dirt": 0.9, "story": "dirty"}]
or {"lanes": {"lane-1": [...], ...}, "first": {"lane-1": [...], ...}}: each lane its own trucks,
and those that come first. Without it, trucks that nobody has declared are made up.

examples:
  gate simulate --lanes 4 --keys keys.json
  gate simulate --lanes lane-1,lane-7 --keys keys.json --trucks trucks.json --seed 7
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``simulate`` to the program's subcommands."""
    parser = subparsers.add_parser(
        "simulate",
        help="run simulated lanes: trucks, cameras, loops and barriers",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--keys", type=Path, required=True, help="signing secrets of the devices")
    parser.add_argument("--lanes", default="4", help="a number, or names: lane-1,lane-2")
    parser.add_argument("--site", default="mong-cai", help="default: %(default)s")
    add_broker_options(parser)
    parser.add_argument("--trucks", type=Path, help="list of trucks (JSON)")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--data", type=Path, default=Path("simulation"), help="spools, memories")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds a driver waits")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run until Ctrl-C or SIGTERM: 0; wrong options: 2; a disk that fails: 1."""
    return run_device("gate simulate", _run(options))


async def _run(options: argparse.Namespace) -> None:
    rng = random.Random(options.seed)
    settings = SiteSettings(
        site=check_name(options.site, "--site"),
        lanes=_lanes(options.lanes),
        mqtt=mqtt_options(options, "-"),
        find_key=read_keys(options.keys),
        data=options.data,
        pace=Pace(patience_s=options.patience),
    )
    pool = read_trucks(options.trucks, rng) if options.trucks else TruckPool(_made_up(rng), rng)
    end_on_sigterm()
    _check_keys(settings, options.keys)
    async with simulated_site(settings, rng) as lanes:
        with contextlib.suppress(asyncio.CancelledError):
            await Traffic(lanes, pool, rng).run()


def _check_keys(settings: SiteSettings, path: Path) -> None:
    for lane in settings.lanes:
        for device in DEVICES:
            try:
                settings.find_key(lane, device)
            except KeyError as error:
                raise WrongUse(f"{path} has no key {error}") from error


def read_keys(path: Path) -> FindKey:
    """The keys file as a look-up; raises ``WrongUse``."""
    try:
        secrets = {str(key): bytes.fromhex(text) for key, text in _json(path).items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise WrongUse(f"{path} must map key ids to hexadecimal secrets: {error}") from error
    for key, secret in secrets.items():
        if len(secret) < MIN_SECRET_BYTES:
            raise WrongUse(f"{path}: the secret of {key} has under {MIN_SECRET_BYTES} bytes")
    return lambda lane, device: (f"{lane}.{device}", secrets[f"{lane}.{device}"])


def read_trucks(path: Path, rng: random.Random) -> TruckPool:
    """The trucks file; raises ``WrongUse``."""
    found = _json(path)
    try:
        if not isinstance(found, dict):
            return TruckPool(_trucks(found), rng)
        lanes = {str(lane): _trucks(rows) for lane, rows in found.get("lanes", {}).items()}
        first = {str(lane): _trucks(rows) for lane, rows in found.get("first", {}).items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise WrongUse(f"{path} is not a list of trucks: {error}") from error
    return TruckPool((), rng, lanes=lanes, first=first)


def _trucks(rows: Any) -> tuple[SimTruck, ...]:
    return tuple(_truck(dict(row)) for row in rows)


def _truck(row: dict[str, object]) -> SimTruck:
    if "story" in row:
        row["story"] = Story(str(row["story"]))
    if "seals" in row:
        row["seals"] = tuple(map(str, row["seals"]))  # type: ignore[call-overload]
    if "colour" in row:
        row["colour"] = PlateColour(str(row["colour"]))
    truck = SimTruck(**row)  # type: ignore[arg-type]
    if truck.country not in {"VN", "CN"} or not truck.plate or not 0 <= float(truck.dirt) <= 1:
        raise ValueError(f"country VN or CN, a plate and dirt from 0 to 1 are wanted: {row}")
    return truck


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WrongUse(f"{path} cannot be read: {error}") from error


def _lanes(text: str) -> list[str]:
    names = [f"lane-{n + 1}" for n in range(int(text))] if text.isdigit() else text.split(",")
    return [check_name(name.strip(), "--lanes") for name in names]


def _made_up(rng: random.Random) -> tuple[SimTruck, ...]:
    return tuple(random_truck(rng) for _ in range(200))
