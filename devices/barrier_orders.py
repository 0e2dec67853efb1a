"""What a barrier does with a correctly signed command: obey, refuse, or answer as before.

Pure. The memory must be on disk before the arm moves; it survives restarts and is what makes a
repeated, reordered or replayed command harmless.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from devices.barrier_machine import Barrier
from schemas.barrier_state import Arm, Cause
from schemas.commands import Action, AnswerResult, Command, RefusalReason

REMEMBERED = 1_000
FUTURE_MS = 2_000
"""A command from further in the future than this shows that two clocks disagree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was answered to a command."""

    command: str
    result: AnswerResult
    reason: RefusalReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMemory:
    """The highest fencing token seen, the last answers, and the decisions that opened."""

    token: int = 0
    answers: tuple[Given, ...] = ()
    decisions: tuple[str, ...] = ()

    def answer_to(self, command: str) -> Given | None:
        """The answer given to a command, if it is remembered."""
        return next((given for given in reversed(self.answers) if given.command == command), None)

    def with_answer(self, given: Given) -> OrderMemory:
        """The memory with a (new or later) answer to a command."""
        others = tuple(known for known in self.answers if known.command != given.command)
        return replace(self, answers=(*others, given)[-REMEMBERED:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to give, the memory to keep, and whether the arm shall obey."""

    given: Given
    memory: OrderMemory
    obey: bool


def judge(
    memory: OrderMemory, command: Command, barrier: Barrier, centre_ms: int | None
) -> Verdict:
    """Decide on a command whose signature is good.

    ``centre_ms`` is the centre's time by the device's corrected clock, None while untrusted.
    """
    command_id = command.stamp.id
    before = memory.answer_to(command_id)
    if before is not None:
        return Verdict(given=before, memory=memory, obey=False)
    reason = _reason_against(memory, command, barrier, centre_ms)
    # An authentic token shows that a newer lease exists, whatever becomes of this command.
    memory = replace(memory, token=max(memory.token, command.token))
    if reason is not None:
        given = Given(command=command_id, result=AnswerResult.REFUSED, reason=reason)
        return Verdict(given=given, memory=memory.with_answer(given), obey=False)
    if command.action is not Action.CLOSE and command.decision is not None:
        memory = replace(memory, decisions=(*memory.decisions, command.decision)[-REMEMBERED:])
    given = Given(command=command_id, result=AnswerResult.ACCEPTED)
    return Verdict(given=given, memory=memory.with_answer(given), obey=True)


def _reason_against(
    memory: OrderMemory, command: Command, barrier: Barrier, centre_ms: int | None
) -> RefusalReason | None:
    raises = command.action is not Action.CLOSE
    if centre_ms is None or command.stamp.at > centre_ms + FUTURE_MS:
        return RefusalReason.CLOCK_UNTRUSTED
    if centre_ms >= command.expires_at:
        return RefusalReason.EXPIRED
    if command.token < memory.token:
        return RefusalReason.STALE_TOKEN
    if raises and (command.decision is None or command.decision in memory.decisions):
        return RefusalReason.REPLAYED
    if barrier.local:
        return RefusalReason.LOCAL_CONTROL
    if barrier.arm is Arm.FAULT:
        return RefusalReason.FAULT
    if command.expect is not barrier.arm:
        return RefusalReason.STATE_DIFFERS
    if not raises and barrier.sensors.safety:
        return RefusalReason.LOOP_OCCUPIED
    return None


def outcome(barrier: Barrier, command: Command) -> Given | None:
    """The final answer to an obeyed command once the arm shows how it ended, else None."""
    command_id = command.stamp.id
    if barrier.local:
        return _refused(command_id, RefusalReason.LOCAL_CONTROL)
    if barrier.arm is Arm.FAULT:
        return _refused(command_id, RefusalReason.FAULT)
    target = Arm.CLOSED if command.action is Action.CLOSE else Arm.OPEN
    if barrier.arm is target:
        return Given(command=command_id, result=AnswerResult.DONE)
    moving = Arm.CLOSING if command.action is Action.CLOSE else Arm.OPENING
    if barrier.arm is not moving:
        safety = barrier.cause is Cause.SAFETY
        return _refused(
            command_id, RefusalReason.LOOP_OCCUPIED if safety else RefusalReason.STATE_DIFFERS
        )
    return None


def _refused(command: str, reason: RefusalReason) -> Given:
    return Given(command=command, result=AnswerResult.REFUSED, reason=reason)
