"""What a connection still waits for from its broker, by packet number."""

from __future__ import annotations

import asyncio


class Pending:
    """Futures of one kind of packet on one connection.

    Each belongs to its own packet number, so a late answer can never be taken for another one's.
    """

    def __init__(self) -> None:
        self._futures: dict[int, asyncio.Future[None]] = {}

    def expect(self, mid: int) -> asyncio.Future[None]:
        """A future for the broker's answer to packet ``mid``; wait for it shielded."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._futures[mid] = future
        future.add_done_callback(lambda done: self._forget(mid, done))
        return future

    def settle(self, mid: int, error: Exception | None) -> None:
        """The broker answered; unknown numbers are ignored."""
        future = self._futures.get(mid)
        if future is None or future.done():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)

    def fail_all(self, error: Exception) -> None:
        """The connection is over."""
        for mid in list(self._futures):
            self.settle(mid, error)

    def _forget(self, mid: int, done: asyncio.Future[None]) -> None:
        if self._futures.get(mid) is done:
            del self._futures[mid]
        if not done.cancelled():
            done.exception()  # marks it as seen: a caller that gave up does not fetch it
