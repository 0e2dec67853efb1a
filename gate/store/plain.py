"""Core values to plain JSON values and back, exactly: what is stored can be replayed."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from gate.core.lane.effects import Effect
from gate.core.lane.events import Event
from gate.core.lane.state import Lane
from schemas.policy import Policy
from schemas.readings import Reading
from schemas.transit import Decision, DecisionInputs

LANE = TypeAdapter(Lane)
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect)
READING = TypeAdapter(Reading)
INPUTS = TypeAdapter(DecisionInputs)
DECISION = TypeAdapter(Decision)
POLICY = TypeAdapter(Policy)


def to_plain(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The value as dicts, lists, text, numbers: ready for JSON."""
    return adapter.dump_python(value, mode="json")
