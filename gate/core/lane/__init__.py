"""The lane as a pure state machine: ``step(lane, event, policy, fresh)``."""

from gate.core.lane.step import step

__all__ = ["step"]
