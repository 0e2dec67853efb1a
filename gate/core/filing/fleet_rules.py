"""Vehicles and drivers as a firm keeps them: their fields, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gate.core.filing import driver_rules, vehicle_rules
from gate.core.filing.content import moment_at, read, text_at, value_at
from gate.core.filing.fields import FIELDS, Field, Kind
from gate.core.filing.problems import Problem, advice, error

_MOMENT = Field(kind=Kind.MOMENT, longest=35)
VEHICLE_FIELDS: dict[str, Field] = {
    "kind": Field(kind=Kind.CHOICE, choices=("tractor", "trailer", "truck")),
    "plate": FIELDS["tractor.plate"],
    "country": FIELDS["tractor.country"],
    "permitted_kg": FIELDS["tractor.permitted_kg"],
    "axles": Field(kind=Kind.INTEGER, low=1, high=12),
    "permit_number": Field(kind=Kind.TEXT, longest=40),
    "permit_until": _MOMENT,
    "insurance_until": _MOMENT,
}
DRIVER_FIELDS: dict[str, Field] = {
    name.removeprefix("driver."): field
    for name, field in FIELDS.items()
    if name.startswith("driver.")
}
_NEEDED = ("kind", "plate", "country", "permitted_kg")


def tidied(
    values: dict[str, Any], fields: dict[str, Field]
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The values as they are kept, and what can't be read in them."""
    made: dict[str, Any] = {}
    problems = [error(name, "unknown_field") for name in values if name not in fields]
    for name, field in fields.items():
        made[name], problem = read(name, field, values.get(name))
        if problem is not None:
            problems.append(problem)
    return made, tuple(problems)


def vehicle(values: dict[str, Any], now: datetime) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A vehicle's values, tidied, with every problem; ``now`` is in the gate's zone."""
    made, broken = tidied(values, VEHICLE_FIELDS)
    return made, _joined(broken, _vehicle(made, now))


def driver(values: dict[str, Any], now: datetime) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A driver's values, tidied, with every problem; ``now`` is in the gate's zone."""
    made, broken = tidied(values, DRIVER_FIELDS)
    return made, _joined(broken, driver_rules.driver(made, "", now.date(), now.date()))


def _joined(broken: tuple[Problem, ...], more: Iterator[Problem]) -> tuple[Problem, ...]:
    bad = {problem.path for problem in broken}
    return (*broken, *(p for p in more if p.path not in bad))


def _vehicle(made: dict[str, Any], now: datetime) -> Iterator[Problem]:
    for name in _NEEDED:
        if value_at(made, name) is None:
            yield error(name, "required")
    if text_at(made, "plate"):
        trailer = text_at(made, "kind") == "trailer"
        yield from vehicle_rules.plate(
            "plate", text_at(made, "plate"), text_at(made, "country"), trailer=trailer
        )
    until = moment_at(made, "permit_until")
    if until is not None and until <= now:
        day = vehicle_rules.day_of(until, now)
        yield advice("permit_until", "permit_over", plate=made["plate"], until=day)
