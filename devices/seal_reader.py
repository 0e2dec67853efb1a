"""A reader of seals on the bus: a fixed reader of electronic seals, or an officer's handheld."""

from __future__ import annotations

from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.ports import Bus
from devices.repeater import Repeater
from devices.stamping import Stamper
from schemas.protocol_errors import BadMessage
from schemas.sensors import MOST_SEALS, SEAL_PATTERN, SealReading
from schemas.topics import Channel


class SealReaderAgent(Repeater):
    """Publishes the seals of the truck that stands before it, at once and every two seconds.

    Once the truck is ``gone`` nothing is said any more: its seals must not be taken for those of
    the next.
    """

    def __init__(
        self, identity: Identity, bus: Bus, stamper: Stamper, heartbeat: Heartbeat
    ) -> None:
        super().__init__(identity, bus, stamper, heartbeat, Channel.SEAL)
        self._seals: tuple[str, ...] | None = None

    def read(self, seals: tuple[str, ...]) -> None:
        """All seals of the truck, as read or typed; none for a truck without.

        Raises ``BadMessage`` for a text that can be no seal's number: nothing is sent then.
        """
        wrong = [seal for seal in seals if SEAL_PATTERN.fullmatch(seal) is None]
        if wrong or len(set(seals)) < len(seals) or len(seals) > MOST_SEALS:
            said = ", ".join(wrong or seals)
            raise BadMessage(f"these are no seals' numbers, or one comes twice: {said:.200}")
        self._seals = seals
        self.put()

    def gone(self) -> None:
        """The truck has left."""
        self._seals = None

    def message(self, stamper: Stamper) -> SealReading | None:
        """The truck's seals; None where none were read or the truck has left."""
        if self._seals is None:
            return None
        return SealReading(stamp=stamper.next(), seals=self._seals)

    def stands(self) -> bool:
        """Whether a truck's seals were read and it is still there."""
        return self._seals is not None
