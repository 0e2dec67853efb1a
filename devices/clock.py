"""A device's idea of the centre's time: pure, with both of the device's clocks passed in.

The estimate is that of NTP (RFC 5905, section 8): the answer is taken to have been made half a
round trip ago. It is carried on by the monotonic clock, so that somebody setting the device's
wall clock changes nothing. Whether the wall clock is far off does not matter, as long as it is
known by how much.

Trusted means all of: an exchange since the start; the last one at most ``longest_age_ms`` ago;
its round trip at most ``largest_error_ms`` (the estimate errs by at most half of it); and no
jump. A jump is an exchange that disagrees with the running estimate by more than
``largest_error_ms``: either end may have been set, so nothing is trusted until ``agreeing``
exchanges in a row tell the same new time.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.status import Clock, ClockTrust, TimeAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRules:
    """Bounds in milliseconds; ``agreeing`` counts exchanges needed after a jump."""

    longest_age_ms: int = 180_000
    largest_error_ms: int = 2_000
    agreeing: int = 3


@dataclass(frozen=True, slots=True)
class _Estimate:
    """The centre's clock read ``centre_ms`` when ours read ``mono_ms``."""

    centre_ms: int
    mono_ms: int
    delay_ms: int

    def at(self, mono_ms: int) -> int:
        return self.centre_ms + mono_ms - self.mono_ms


class DeviceClock:
    """Follows the centre's clock. ``mono_ms`` is any clock that only runs forward."""

    def __init__(self, rules: ClockRules | None = None) -> None:
        self._rules = rules or ClockRules()
        self._asked: tuple[str, int, int] | None = None
        self._estimate: _Estimate | None = None
        self._candidate: _Estimate | None = None
        self._agreed = 0
        self.rejected = 0

    def asked(self, status_id: str, wall_ms: int, mono_ms: int) -> None:
        """A status (t1 = ``wall_ms``) was sent; only the answer to the latest one counts."""
        self._asked = (status_id, wall_ms, mono_ms)

    def answered(self, answer: TimeAnswer, mono_ms: int) -> bool:
        """Take a verified answer; False if it answers nothing open or took too long."""
        if self._asked is None or (answer.of, answer.t1) != self._asked[:2]:
            self.rejected += 1
            return False
        sent_at = self._asked[2]
        self._asked = None
        at_centre = answer.stamp.at - answer.t2
        delay = mono_ms - sent_at - at_centre
        if at_centre < 0 or delay < -1 or delay > self._rules.largest_error_ms:
            self.rejected += 1
            return False
        # The two clocks are read in whole milliseconds, hence a round trip of -1 is possible.
        fresh = _Estimate(answer.stamp.at + max(delay, 0) // 2, mono_ms, max(delay, 0))
        self._take(fresh, mono_ms)
        return True

    def trust(self, mono_ms: int) -> ClockTrust:
        """Whether expiry may be judged by :meth:`centre_ms`."""
        if self._estimate is None:
            return ClockTrust.UNTRUSTED if self._candidate else ClockTrust.UNSET
        if mono_ms - self._estimate.mono_ms > self._rules.longest_age_ms:
            return ClockTrust.UNTRUSTED
        return ClockTrust.TRUSTED

    def centre_ms(self, mono_ms: int) -> int | None:
        """The centre's time now in ms since 1970 UTC, or None while it is not trusted."""
        if self._estimate is None or self.trust(mono_ms) is not ClockTrust.TRUSTED:
            return None
        return self._estimate.at(mono_ms)

    def report(self, wall_ms: int, mono_ms: int) -> Clock:
        """What a status says: trust, offset of the wall clock, last round trip."""
        best = self._estimate or self._candidate
        if best is None:
            return Clock(trust=ClockTrust.UNSET)
        return Clock(
            trust=self.trust(mono_ms),
            offset_ms=best.at(mono_ms) - wall_ms,
            delay_ms=best.delay_ms,
        )

    def _take(self, fresh: _Estimate, mono_ms: int) -> None:
        known = self._estimate or self._candidate
        agrees = known is None or self._near(known, fresh, mono_ms)
        if agrees and (self._estimate is not None or self._candidate is None):
            self._estimate = fresh
            return
        # After a jump: count the exchanges that tell the same new time.
        self._agreed = self._agreed + 1 if agrees and self._candidate is not None else 1
        self._estimate, self._candidate = None, fresh
        if self._agreed >= self._rules.agreeing:
            self._estimate, self._candidate = fresh, None

    def _near(self, known: _Estimate, fresh: _Estimate, mono_ms: int) -> bool:
        return abs(known.at(mono_ms) - fresh.at(mono_ms)) <= self._rules.largest_error_ms
