"""The ``gate camera`` subcommand, run as a program against a real broker."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from gate.commands import camera
from tests.devices.brokers import RunningBroker
from tests.devices.centre import SECRET, centre_at
from tests.devices.test_camera import picture
from tests.devices.waiting import until

PROGRAM = """
import argparse, sys
from gate.commands import camera
parser = argparse.ArgumentParser()
camera.add_parser(parser.add_subparsers())
options = parser.parse_args(sys.argv[1:])
sys.exit(options.run(options))
"""


async def test_pictures_of_a_folder_reach_the_centre_and_sigterm_ends_it_cleanly(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (uploads / "one.jpg").write_bytes(picture(1))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, "camera", "--watch", str(uploads), "--lane", "7"),
        *("--broker", f"127.0.0.1:{embedded.port}", "--data", str(tmp_path / "cam")),
        *("--site", "test", "--role", "rear"),
        env={**os.environ, camera.KEY_VARIABLE: SECRET.hex()},
    )
    async with centre_at(embedded) as centre:
        await until(lambda: len(centre.stored) == 1)
        (uploads / "two.jpg").write_bytes(picture(2))
        await until(lambda: len(centre.stored) == 2)
        await until(lambda: not list((tmp_path / "cam" / "spool").iterdir()))
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    header = next(iter(centre.stored.values())).header
    assert (header.lane, header.device, header.role) == ("lane-7", "cam-front", "rear")
    assert header.stamp.key == "lane-7.cam-front"


@pytest.mark.parametrize(
    ("arguments", "key", "complaint"),
    [
        (["--watch", "/nonexistent"], SECRET.hex(), "no folder"),
        (["--watch", "/tmp"], "", "signing key"),
        (["--watch", "/tmp"], "nonsense", "hexadecimal"),
        (["--watch", "/tmp", "--broker", "nowhere"], SECRET.hex(), "HOST:PORT"),
        (["--watch", "/tmp", "--site", "Big Site"], SECRET.hex(), "site"),
        (["--watch", "/tmp", "--ca-file", "/nonexistent"], SECRET.hex(), "ca-file"),
    ],
)
def test_wrong_options_are_named_and_end_with_two(
    arguments: list[str],
    key: str,
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv(camera.KEY_VARIABLE, key)
    parser = argparse.ArgumentParser()
    camera.add_parser(parser.add_subparsers())
    options = parser.parse_args(["camera", *arguments, "--lane", "1", "--data", str(tmp_path)])
    assert camera.run(options) == 2
    assert complaint in capsys.readouterr().err
