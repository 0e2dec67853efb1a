"""``gate user`` and ``gate device``: the same acts as on the pages, in the same audit."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from gate.app.passwords import matches
from gate.cli import main
from gate.core.passwords import problem
from gate.store import audit, devices, users
from gate.store.pool import Database

session = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Path:
    """Settings that name the test's database."""
    file = tmp_path / "gate.toml"
    file.write_text(f'data = "{tmp_path}"\n[database]\nurl = "{database_url}"\n')
    return file


async def tool(*arguments: str | Path) -> int:
    """Run the program as from a shell, beside the test's own loop."""
    return await asyncio.to_thread(main, [str(a) for a in arguments])


@session
async def test_a_user_is_added_with_the_rules_of_the_page_and_in_the_audit(
    database: Database, config: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    add = ("user", "--config", config, "ha.nguyen", "Nguyễn Thu Hà", "administrator")
    for typed, status in (("short", 2), ("password12345", 2), ("river-lotus-stone-42", 0),
                          ("river-lotus-stone-42", 1)):  # fmt: skip
        monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        assert await tool(*add) == status, typed
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert await tool("user", "--config", config, "drawn", "Drawn", "officer") == 0
    first = capsys.readouterr().out.split()[-1]
    row = await users.by_name(database, "drawn")
    assert row is not None
    assert row.must_change
    assert row.given_by == ()  # who has the machine has the database: it counts from the start
    assert row.made_by.startswith("tool/")
    assert matches(row.password_hash, first)
    acts = await audit.acts(database, most=10)
    assert [act["action"] for act in acts] == ["user_add", "user_add"]
    assert all(act["actor"].startswith("tool/") for act in acts)


@session
async def test_a_device_is_registered_in_the_audit_and_its_key_shown_again(
    database: Database, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ("device", "--config", config, "add", "lane-5", "cam-front", "camera")
    assert await tool(*add) == 2
    assert await tool(*add, "--direction", "export") == 0
    key = capsys.readouterr().out.strip()
    assert await tool("device", "--config", config, "key", "lane-5", "cam-front") == 0
    assert capsys.readouterr().out.strip() == key
    (row,) = await devices.all_devices(database)
    assert bytes.fromhex(key) not in row.secret  # it is locked with the key file of the data folder
    acts = await audit.acts(database, most=10)
    assert [act["action"] for act in acts] == ["device_add", "lane_add"]


@pytest.mark.parametrize(
    ("password", "wrong"),
    [("river-lotus-stone-42", ""), ("correct horse battery staple", ""), ("xK9$mmQ2vL7p", ""),
     ("short", "short"), ("x" * 201, "long"), ("P@ssw0rd2024!", "common"),
     ("qwertyuiop123", "common"), ("aaaaaaaaaaaa", "common"), ("abcabcabcabcabc", "common"),
     ("MongCai2026!!", "common"), ("ha.nguyen1234", "name"), ("nguyenthuha12", "name")],
)  # fmt: skip
def test_passwords_that_everybody_tries_are_refused(password: str, wrong: str) -> None:
    assert problem(password, "ha.nguyen", "Nguyen Thu Ha") == wrong
