"""Barrier commands and their answers. Commands are absolute, expire, and name their decision."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.barrier_state import Arm
from schemas.canonical import Json
from schemas.fields import Fields
from schemas.protocol_errors import BadMessage
from schemas.stamp import Stamp, take_stamp

DEFAULT_TTL_MS = 3_000
LONGEST_TTL_MS = 60_000


class Action(StrEnum):
    """Where the arm shall be; never a toggle."""

    OPEN = "open"
    CLOSE = "close"
    HOLD_OPEN = "hold_open"


class AnswerResult(StrEnum):
    """``accepted``: the arm starts to move; ``done``: it is where the command wanted it."""

    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why a barrier did not do what a command asked."""

    EXPIRED = "expired"
    REPLAYED = "replayed"
    STALE_TOKEN = "stale_token"
    BAD_SIGNATURE = "bad_signature"
    CLOCK_UNTRUSTED = "clock_untrusted"
    LOOP_OCCUPIED = "loop_occupied"
    LOCAL_CONTROL = "local_control"
    FAULT = "fault"
    STATE_DIFFERS = "state_differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One order to a barrier, good for ``ttl_ms`` after ``stamp.at`` and never again.

    ``transit`` and ``decision`` (UUIDs) are required for what raises the arm. ``token`` is the
    lane's fencing token: it grows with every lease, and a barrier refuses one below the
    highest it has seen. ``expect`` is the arm state that the sender believes.
    """

    stamp: Stamp
    action: Action
    token: int
    expect: Arm
    ttl_ms: int = DEFAULT_TTL_MS
    transit: str | None = None
    decision: str | None = None

    @property
    def expires_at(self) -> int:
        """First ms since 1970 UTC, by the centre's clock, at which the command is dead."""
        return self.stamp.at + self.ttl_ms

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        fields: dict[str, Json] = {
            **self.stamp.to_json(),
            "action": str(self.action),
            "token": self.token,
            "expect": str(self.expect),
            "ttl_ms": self.ttl_ms,
        }
        if self.transit is not None:
            fields["transit"] = self.transit
        if self.decision is not None:
            fields["decision"] = self.decision
        return fields


def command_from_json(fields: Fields) -> Command:
    """Read a command; raises ``BadMessage`` or ``WrongVersion``."""
    command = Command(
        stamp=take_stamp(fields),
        action=fields.choice("action", Action),
        token=fields.integer("token"),
        expect=fields.choice("expect", Arm),
        ttl_ms=fields.integer("ttl_ms", 1, LONGEST_TTL_MS),
        transit=fields.uuid("transit") if fields.has("transit") else None,
        decision=fields.uuid("decision") if fields.has("decision") else None,
    )
    raises = command.action is not Action.CLOSE
    if raises and (command.decision is None or command.transit is None):
        raise BadMessage(f"{command.action} needs its transit and its decision")
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A barrier's answer to the command ``of``; ``arm`` is the arm's state when it answered."""

    stamp: Stamp
    of: str
    result: AnswerResult
    arm: Arm
    reason: RefusalReason | None = None

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        fields: dict[str, Json] = {
            **self.stamp.to_json(),
            "of": self.of,
            "result": str(self.result),
            "arm": str(self.arm),
        }
        if self.reason is not None:
            fields["reason"] = str(self.reason)
        return fields


def answer_from_json(fields: Fields) -> Answer:
    """Read an answer; raises ``BadMessage`` or ``WrongVersion``."""
    answer = Answer(
        stamp=take_stamp(fields),
        of=fields.uuid7("of"),
        result=fields.choice("result", AnswerResult),
        arm=fields.choice("arm", Arm),
        reason=fields.choice("reason", RefusalReason) if fields.has("reason") else None,
    )
    if (answer.result is AnswerResult.REFUSED) != (answer.reason is not None):
        raise BadMessage("a refusal has a reason, and nothing else has one")
    return answer
