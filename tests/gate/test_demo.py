"""``gate demo`` as a user starts it: a separate program, without a terminal, stopped by Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientConnectionError, ClientSession, CookieJar

from tests.gate.rig import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def text_of(client: ClientSession, url: str) -> str:
    try:
        async with client.get(url) as answer:
            return await answer.text() if answer.status == 200 else ""
    except ClientConnectionError:
        return ""


def counted(text: str, name: str, **labels: str) -> float:
    """Sum of a counter's samples that carry these labels."""
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    lines = [x for x in text.splitlines() if x.startswith(name) and all(w in x for w in wanted)]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def belonging_to(folder: Path) -> list[int]:
    """Processes whose command line names the folder."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in part for part in process.info["cmdline"] or [])
    ]


async def test_the_demonstration_shows_every_outcome_and_stops_cleanly(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "demo"
    environment = {**os.environ, "GATE_PORT": str(port), "GATE_DATA": str(data)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gate.cli", "demo", env=environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        try:
            await until(lambda: text_of(client, f"{url}/readyz"), 90, "the demonstration is ready")
            await until(lambda: _every_outcome(client, url), 120, "a release, a hold, a referral")
        finally:
            process.send_signal(signal.SIGINT)
            said, errors = await asyncio.wait_for(process.communicate(), 30)
    printed = said.decode()
    assert url in printed
    assert re.search(r"officer\s+\S+-\d\d\s+officer", printed)
    assert process.returncode == 0, errors.decode()[-2_000:]
    assert belonging_to(data) == []


async def _every_outcome(client: ClientSession, url: str) -> bool:
    text = await text_of(client, f"{url}/metrics")
    return (
        counted(text, "gate_captures_total", result="stored") > 0
        and counted(text, "gate_barrier_commands_total", result="accepted") > 0
        and all(
            counted(text, "gate_decisions_total", outcome=outcome) > 0
            for outcome in ("release", "hold", "refer")
        )
    )
