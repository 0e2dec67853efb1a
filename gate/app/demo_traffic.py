"""Which trucks the demonstration drives: mostly as declared, some with a story."""

from __future__ import annotations

import random
from typing import Any

from gate.store.pool import Database
from gate.store.seed import demo_rows

EXPORT_LANES = ("lane-1", "lane-2")
IMPORT_LANES = ("lane-3", "lane-4")
UNDECLARED = 30
TOO_HEAVY_KG = 61_000
"""More than any truck of the demonstration may weigh."""
Truck = dict[str, Any]


async def plan_traffic(database: Database, rng: random.Random) -> dict[str, dict[str, list[Truck]]]:
    """The plan for ``gate simulate``: each lane's trucks, and those that come first.

    The first trucks of the four lanes show a release, a hold, a release and a referral, so that
    the console has something of each kind within a minute; then come a truck that is too heavy and
    one with another seal than declared.
    """
    rows = await demo_rows(database)
    lanes: dict[str, list[Truck]] = {lane: [] for lane in (*EXPORT_LANES, *IMPORT_LANES)}
    good: dict[str, list[Truck]] = {"export": [], "import": []}
    referred: dict[str, list[Truck]] = {"export": [], "import": []}
    for row in rows:
        truck = _truck(row, rng)
        own = EXPORT_LANES if row["direction"] == "export" else IMPORT_LANES
        lane = row["lane"] if row["lane"] in own else rng.choice(own)
        lanes[lane].append(truck)
        if truck["story"] == "declared":
            good[row["direction"]].append(truck)
        elif row["dangerous"]:
            referred[row["direction"]].append(truck)
    for lane, trucks in lanes.items():
        country = "VN" if lane in EXPORT_LANES else "CN"
        trucks += [_stranger(country, rng) for _ in range(UNDECLARED)]
    stranger = _stranger("VN", rng)
    first = {
        "lane-1": [*good["export"][:1], *map(_overloaded, good["export"][1:2])],
        "lane-2": [stranger],
        "lane-3": [*good["import"][:1], *map(_resealed, good["import"][1:2])],
        "lane-4": referred["import"][:1],
    }
    taken = {truck["plate"] for trucks in first.values() for truck in trucks}
    rest = {lane: [t for t in own if t["plate"] not in taken] for lane, own in lanes.items()}
    return {"lanes": rest, "first": first}


def _truck(row: dict[str, Any], rng: random.Random) -> Truck:
    """A declared truck as it will look; a few are dirty or carry another plate behind."""
    truck: Truck = {
        "plate": row["tractor_plate"],
        "country": row["country"],
        "trailer": row["trailer_plate"],
        "container": row["containers"][0] if row["containers"] else "",
        "weight_kg": row["gross_kg"],
        "seals": list(row["seals"]),
        "story": "declared",
    }
    if row["status"] != "cleared" or row["dangerous"] or row["papers_over"]:
        return {**truck, "story": "expired"}
    luck = rng.random()
    if luck < 0.08:
        return {**truck, "story": "dirty", "dirt": round(rng.uniform(0.7, 1.0), 2)}
    if luck < 0.16:
        other = _stranger(row["country"], rng)["plate"]
        return {**truck, "story": "mismatched", "rear": other}
    if luck < 0.19:
        return _overloaded(truck)
    return _resealed(truck) if luck < 0.21 else truck


def _overloaded(truck: Truck) -> Truck:
    """The truck with far more on it than it may carry."""
    return {**truck, "story": "overweight", "weight_kg": TOO_HEAVY_KG}


def _resealed(truck: Truck) -> Truck:
    """The truck with a seal that nobody declared."""
    return {**truck, "story": "resealed", "seals": ["XX9999999"]}


def _stranger(country: str, rng: random.Random) -> Truck:
    """A truck that nobody has declared."""
    number = rng.randrange(10_000, 99_999)
    plate = f"{rng.choice(('88', '90', '36'))}C{number}" if country == "VN" else f"湘B{number}"
    return {"plate": plate, "country": country, "weight_kg": 15_000, "story": "undeclared"}
