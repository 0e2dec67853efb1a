"""Checks a whole draft: every problem at once, in the order of the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from gate.core.filing import driver_rules, goods_rules, paper_rules, vehicle_rules
from gate.core.filing.content import (
    Content,
    moment_at,
    number_at,
    text_at,
    unreadable,
    value_at,
)
from gate.core.filing.problems import Problem, Severity, error
from gate.core.filing.vehicle_rules import KnownVehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the rules must know beside the draft. ``fleet`` has the firm's vehicles by
    (plate, country), as far as the draft names them; ``now`` is in the gate's zone, whose calendar
    day documents end with.
    """

    now: datetime
    gates: frozenset[str]
    fleet: dict[tuple[str, str], KnownVehicle] = field(default_factory=dict)


def check(content: Content, around: Surroundings) -> tuple[Problem, ...]:
    """All problems of a draft; a field that can't be read is named once, for its form."""
    broken = unreadable(content)
    bad = {problem.path for problem in broken}
    found = [*broken, *(p for p in _rules(content, around) if p.path not in bad)]
    return tuple(dict.fromkeys(found))


def acceptable(problems: tuple[Problem, ...]) -> bool:
    """Whether all machine checks pass, so that no officer needs to look."""
    return all(problem.severity is Severity.ADVICE for problem in problems)


def _rules(content: Content, around: Surroundings) -> Iterator[Problem]:
    crossing = max(moment_at(content, "window_from") or around.now, around.now)
    crossing = crossing.astimezone(around.now.tzinfo)
    yield from paper_rules.rest(content, around.gates)
    yield from paper_rules.window(content, around.now)
    yield from _tractor(content, around, crossing)
    yield from _trailer(content, around, crossing)
    if any(value_at(content, f"driver.{name}") for name in driver_rules.NEEDED):
        yield from driver_rules.driver(content, "driver.", crossing.date(), around.now.date())
    else:
        yield driver_rules.nobody("driver.")
    yield from goods_rules.containers(content)
    yield from goods_rules.goods(content)
    yield from goods_rules.weights(content, permitted_kg(content, around))
    yield from paper_rules.customs(content, around.now)
    yield from paper_rules.counterpart(content)


def permitted_kg(content: Content, around: Surroundings) -> int:
    """What the vehicle may weigh with its load, 0 where it is not known."""
    known = _known(content, around, "tractor")
    return known.permitted_kg if known else number_at(content, "tractor.permitted_kg") or 0


def _tractor(content: Content, around: Surroundings, crossing: datetime) -> Iterator[Problem]:
    text, country = text_at(content, "tractor.plate"), text_at(content, "tractor.country")
    if not country:
        yield error("tractor.country", "required")
    if not text:
        yield error("tractor.plate", "required")
        return
    yield from vehicle_rules.plate("tractor.plate", text, country, trailer=False)
    known = _known(content, around, "tractor")
    if known is not None:
        yield from vehicle_rules.papers("tractor.plate", known, crossing, around.now)
    elif value_at(content, "tractor.permitted_kg") is None:
        yield error("tractor.permitted_kg", "permitted_unknown", plate=text)
    trailer = text_at(content, "trailer.plate")
    kind = known.kind if known is not None else text_at(content, "tractor.kind")
    if kind == "truck" and trailer:
        yield error("trailer.plate", "trailer_with_truck")
    elif kind == "tractor" and not trailer:
        yield error("trailer.plate", "trailer_missing")


def _trailer(content: Content, around: Surroundings, crossing: datetime) -> Iterator[Problem]:
    text, country = text_at(content, "trailer.plate"), text_at(content, "trailer.country")
    if not text:
        return
    if not country:
        yield error("trailer.country", "required")
    yield from vehicle_rules.plate("trailer.plate", text, country, trailer=True)
    if text == text_at(content, "tractor.plate"):
        yield error("trailer.plate", "trailer_same_as_tractor")
    known = _known(content, around, "trailer")
    if known is not None:
        yield from vehicle_rules.papers("trailer.plate", known, crossing, around.now)
    elif value_at(content, "trailer.permitted_kg") is None:
        yield error("trailer.permitted_kg", "permitted_unknown", plate=text)


def _known(content: Content, around: Surroundings, group: str) -> KnownVehicle | None:
    place = text_at(content, f"{group}.plate"), text_at(content, f"{group}.country")
    return around.fleet.get(place)
