"""For each pair of phase and event the function that answers it: nothing is left open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from gate.core.lane import arrival, events, measures, officer, passage, rest
from gate.core.lane.state import Phase

E = events
EVENTS: tuple[type[Any], ...] = get_args(events.Event)

Handler = Callable[..., Any]

_EVERYWHERE: dict[type[Any], Handler] = {
    E.BarrierReported: rest.barrier_at_rest,
    E.BarrierPresence: rest.presence,
    E.Restarted: rest.restarted,
    E.LaneOpened: rest.opened,
    E.LaneClosed: rest.closed,
    E.LaneManual: rest.manual,
    E.CaptureRead: arrival.reading_noted,
    E.CaptureStored: arrival.another_picture,
    E.LoopEntry: arrival.loop_while_open,
    E.OfficerActed: rest.no_truck,
    E.Decided: rest.not_asked,
    E.DecisionFailed: rest.not_asked,
    E.CommandAnswered: rest.not_sent,
    E.CommandLost: rest.not_sent,
    E.Tick: rest.quiet_tick,
    E.Weighed: measures.nobody_there,
    E.SealsRead: measures.nobody_there,
    E.PartTroubled: rest.troubled,
}

_MEASURING: dict[type[Any], Handler] = {
    E.Weighed: measures.weighed,
    E.SealsRead: measures.seals_read,
}

_AT_REST: dict[type[Any], Handler] = {
    E.LoopEntry: arrival.vehicle_at_rest,
    E.CaptureStored: arrival.picture_at_rest,
    E.CaptureRead: arrival.stray_reading,
}

_MOVING: dict[type[Any], Handler] = {
    E.LoopEntry: passage.loop_behind,
    E.CaptureStored: passage.picture_behind,
    E.BarrierPresence: passage.moving_presence,
}

_SPECIAL: dict[Phase, dict[type[Any], Handler]] = {
    Phase.IDLE: _AT_REST,
    Phase.CLOSED: _AT_REST,
    Phase.ARRIVING: {
        **_MEASURING,
        E.CaptureStored: arrival.first_picture,
        E.Tick: arrival.arriving_tick,
        E.OfficerActed: arrival.officer_early,
    },
    Phase.READING: {
        **_MEASURING,
        E.CaptureRead: arrival.reading_came,
        E.Tick: arrival.reading_tick,
        E.OfficerActed: arrival.officer_early,
    },
    Phase.DECIDING: {
        **_MEASURING,
        E.Decided: arrival.decided,
        E.DecisionFailed: arrival.decision_failed,
        E.Tick: arrival.deciding_tick,
        E.OfficerActed: arrival.officer_early,
    },
    Phase.WITH_OFFICER: {
        **_MEASURING,
        E.CaptureRead: officer.reading_with_officer,
        E.OfficerActed: officer.officer_acted,
        E.BarrierReported: officer.barrier_with_officer,
        E.CommandAnswered: officer.late_answer,
        E.CommandLost: officer.late_answer,
        E.Tick: officer.officer_tick,
    },
    Phase.RELEASING: {
        **_MOVING,
        E.CommandAnswered: passage.answered,
        E.CommandLost: passage.command_lost,
        E.BarrierReported: passage.releasing_barrier,
        E.Tick: passage.releasing_tick,
    },
    Phase.PASSING: {
        **_MOVING,
        E.BarrierReported: passage.passing_barrier,
        E.Tick: passage.passing_tick,
    },
    Phase.CLEARING: {
        **_MOVING,
        E.LoopEntry: passage.clearing_loop,
        E.BarrierReported: passage.clearing_barrier,
        E.Tick: passage.clearing_tick,
    },
    Phase.FAULT: {
        **_MOVING,
        E.BarrierReported: passage.fault_barrier,
        E.OfficerActed: passage.fault_officer,
        E.Tick: passage.fault_tick,
    },
}

TABLE: dict[tuple[Phase, type[Any]], Handler] = {
    (phase, event): _SPECIAL.get(phase, {}).get(event, _EVERYWHERE[event])
    for phase in Phase
    for event in EVENTS
}
"""Complete by construction: every phase answers every event."""
