"""Consoles that only listen, in a process of their own: ``python -m bench.console_readers``.

Arguments: address, cookie, how many, seconds, lanes. Prints one line of JSON at the end.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter

from aiohttp import ClientSession, ClientTimeout, TCPConnector


async def read(client: ClientSession, url: str, seen: Counter[str]) -> None:
    """Take in one stream for ever, as a page would."""
    async with client.get(url) as answer:
        seen["opened" if answer.status == 200 else "refused"] += 1
        async for line in answer.content:
            if line.startswith(b"event: parts"):
                seen["parts"] += 1
            elif line.startswith(b"event: trouble"):
                seen["trouble"] += 1
            seen["bytes"] += len(line)


async def main(url: str, cookie: str, many: int, seconds: float, lanes: list[str]) -> None:
    """Open the streams, spread over the lanes, and read them until the time is over."""
    seen: Counter[str] = Counter()
    client = ClientSession(
        headers={"Cookie": cookie}, timeout=ClientTimeout(total=None),
        connector=TCPConnector(limit=0), read_bufsize=2**20,
    )  # fmt: skip
    async with client:
        tasks = [
            asyncio.create_task(read(client, f"{url}/lanes/{lanes[n % len(lanes)]}/stream", seen))
            for n in range(many)
        ]
        await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    seen["broken"] = sum(not isinstance(one, asyncio.CancelledError) for one in ended)
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5:]))
