"""Trucks out of thin air, for lanes that have no list: nobody has declared them."""

from __future__ import annotations

import random

from devices.simulation.trucks import SimTruck, Story

_VN_PROVINCES = ("12", "14", "15", "16", "29", "30", "34", "98", "99")
_CN_OFFICES = ("桂A", "桂F", "桂P", "桂N", "粤B", "湘A", "云G")
_CN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_OWNERS = ("CSQU", "MSKU", "TGHU", "OOLU")


def random_truck(rng: random.Random) -> SimTruck:
    """A truck with a plate of a valid form; half of them pull a trailer with a container."""
    country = rng.choice(("VN", "CN"))
    pulls = rng.random() < 0.5
    return SimTruck(
        plate=_vn_plate(rng, rng.choice("CCCH")) if country == "VN" else _cn_plate(rng),
        country=country,
        trailer="" if not pulls else _vn_plate(rng, "R") if country == "VN" else _cn_trailer(rng),
        container=random_container(rng) if pulls else "",
        story=Story.UNDECLARED,
    )


def random_container(rng: random.Random) -> str:
    """A container number with its right check digit (ISO 6346)."""
    body = f"{rng.choice(_OWNERS)}{rng.randrange(10**6):06d}"
    return f"{body}{_check_digit(body)}"


def _check_digit(body: str) -> int:
    """Letters count from 10 without multiples of 11; weights are powers of two."""
    values = [value for value in range(10, 39) if value % 11]
    letters = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", values, strict=True))
    total = sum(
        (int(mark) if mark.isdigit() else letters[mark]) << place for place, mark in enumerate(body)
    )
    return total % 11 % 10


def _vn_plate(rng: random.Random, series: str) -> str:
    return f"{rng.choice(_VN_PROVINCES)}{series}{rng.randrange(10_000, 100_000)}"


def _cn_plate(rng: random.Random) -> str:
    tail = [rng.choice("0123456789") for _ in range(5)]
    if rng.random() < 0.5:
        tail[rng.randrange(3)] = rng.choice(_CN_LETTERS)
    return rng.choice(_CN_OFFICES) + "".join(tail)


def _cn_trailer(rng: random.Random) -> str:
    return f"{rng.choice(_CN_OFFICES)}{rng.randrange(1_000, 10_000)}挂"
