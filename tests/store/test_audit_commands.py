"""``gate audit``, ``gate policy`` and ``gate replay`` over a database with history."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from config.policy_file import SHIPPED, load_policy, policy_hash
from gate.app import transit_proof
from gate.app.clock import utc_now
from gate.app.policies import put_in_force
from gate.cli import main
from gate.core.audit import digest
from gate.core.decide import decide
from gate.store import lanes, policy_acts, transits
from gate.store.errors import PolicyChanged
from gate.store.pool import Database
from schemas.declarations import Direction
from schemas.policy import Policy
from tests.core.builders import inputs
from tests.gate.rig import declare

pytestmark = pytest.mark.asyncio(loop_scope="session")

STRICT = 'name = "strict"\nsources_needed = 3\n'


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Path:
    """Settings that name the test's database."""
    file = tmp_path / "gate.toml"
    file.write_text(f'data = "{tmp_path}"\n[database]\nurl = "{database_url}"\n')
    return file


async def tool(*arguments: str | Path) -> int:
    """Run the program as from a shell, beside the test's own loop."""
    return await asyncio.to_thread(main, [str(a) for a in arguments])


async def decided(database: Database) -> str:
    """A stored decision of today; returns its transit."""
    policy, now, transit = Policy(), utc_now(), uuid4()
    named = policy_hash(policy)
    made = inputs()
    await declare(database, "14C12345", "14R01234", id=made.declarations[0].id)
    async with database.connection() as connection:
        await lanes.add_lane(connection, "lane-1", "Lane 1", Direction.EXPORT)
    await transits.keep_policy(database, policy, named)
    async with database.transaction() as connection:
        await transits.begin(connection, transit, "lane-1", Direction.EXPORT, now)
        await transits.add_decision(
            connection, decision_id=uuid4(), transit=transit, at=now, actor="machine",
            decision=decide(made, policy), inputs=replace(made, policy=named), ms=1,
        )  # fmt: skip
    return str(transit)


async def test_a_clean_audit_verifies_and_an_anchor_is_signed_and_kept(
    database: Database, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await decided(database)
    key = tmp_path / "anchor.key"
    assert await tool("audit", "keygen", key) == 0
    out = tmp_path / "out"
    assert await tool("audit", "anchor", "--key", key, "--out", out, "--config", config) == 0
    (kept,) = out.iterdir()
    assert json.loads(kept.read_text())["body"]["number"] == 1
    capsys.readouterr()

    assert await tool("audit", "verify", "--key", f"{key}.pub", "--config", config) == 0
    assert "1 anchors: 0 faults" in capsys.readouterr().out
    assert await tool("audit", "verify", "--key", key, "--config", config) == 1

    public = f"{key}.pub"
    elsewhere = ("--key", public, "--anchors", out, "--config", config)
    assert await tool("audit", "verify", *elsewhere) == 0
    async with database.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("DELETE FROM audit_anchors")
    assert await tool("audit", "verify", "--key", public, "--config", config) == 0
    assert await tool("audit", "verify", *elsewhere) == 1
    assert "ANCHOR    anchors 1: an anchor that was kept elsewhere" in capsys.readouterr().out
    for junk in ("{}", "[", '{"body": 1}'):
        kept.write_text(junk)
        assert await tool("audit", "verify", *elsewhere) == 1
        assert f"{kept}: no anchor" in capsys.readouterr().err
    assert await tool("audit", "verify", "--anchors", tmp_path / "no", "--config", config) == 1


async def test_a_fault_is_printed_with_chain_and_number(
    database: Database, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await put_in_force(database, Policy(), utc_now(), "test")
    async with database.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE audit_events SET actor = 'nobody'")

    assert await tool("audit", "verify", "--config", config) == 1
    assert "CHANGED   administration 1" in capsys.readouterr().out
    assert await tool("audit", "verify", "--json", "--config", config) == 1
    assert json.loads(capsys.readouterr().out)["kind"] == "changed"


async def test_replay_is_the_same_bit_for_bit_and_differs_under_another_policy(
    database: Database, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    transit = await decided(database)
    strict = tmp_path / "strict.toml"
    strict.write_text(STRICT)
    since = (utc_now() - timedelta(hours=1)).isoformat()

    assert await tool("replay", transit, "--config", config) == 0
    assert await tool("replay", "--since", since, "--config", config) == 0
    assert "1 decisions replayed, 0 differ" in capsys.readouterr().out
    assert await tool("replay", "--since", since, "--policy", strict, "--config", config) == 1
    assert "release: OK_ALL  ->  hold: PLATE_DOUBTFUL" in capsys.readouterr().out


async def test_a_policy_that_was_changed_in_the_database_proves_and_decides_nothing(
    database: Database, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    transit, named = await decided(database), policy_hash(Policy())
    async with database.transaction() as connection:
        # As it comes back from the database, and as an older program stored it.
        await connection.execute(
            "INSERT INTO policies (hash, name, version, canonical) VALUES ($1, 'old', 1, $2)",
            digest({"name": "old"}), {"name": "old"},
        )  # fmt: skip
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE policies SET canonical = canonical || $2 WHERE hash = $1",
            named, {"sources_needed": 1},
        )  # fmt: skip
    older = await transits.policy_by_hash(database, digest({"name": "old"}))
    assert older is not None
    assert older.name == "old"

    with pytest.raises(PolicyChanged, match="was changed in the database"):
        await transits.policy_by_hash(database, named)
    assert await tool("replay", transit, "--config", config) == 1
    assert f"policy {named} was changed in the database" in capsys.readouterr().out
    (again,) = await transit_proof.replay(database, UUID(transit))
    assert again.result == "policy_changed"

    # Nor does a start take it up from the page: it ends with the error instead.
    of_file = Policy(name="of the file")
    await put_in_force(database, of_file, utc_now(), "test")
    async with database.transaction() as connection:
        await policy_acts.add(
            connection, at=utc_now(), named=named, source="page", by="anh", second="viet",
            note="stricter", toml="",
        )  # fmt: skip
    with pytest.raises(PolicyChanged):
        await put_in_force(database, of_file, utc_now(), "test")


async def test_policy_diff_counts_what_would_change(
    database: Database, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    transit = await decided(database)
    same, strict = tmp_path / "same.toml", tmp_path / "strict.toml"
    same.write_text('name = "same"\n')
    strict.write_text(STRICT)

    assert await tool("policy", "diff", same, same, "--config", config) == 0
    assert "0 of 1 decisions in 7 days would change" in capsys.readouterr().out
    assert await tool("policy", "diff", same, strict, "--on", "1", "--config", config) == 1
    said = capsys.readouterr().out
    assert transit in said
    assert "1 release -> hold" in said
    assert await tool("policy", "diff", same, strict, "--on", "0", "--config", config) == 2
    long = "99999999999"
    assert await tool("policy", "diff", same, strict, "--on", long, "--config", config) == 2
    assert await tool("policy", "diff", same, strict, "--json", "--config", config) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["transit"] == transit


async def test_policy_check_lists_every_problem_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        'plate_min = 2.0\nsources = 1\nrequire = ["hat"]\nroles = ["below"]\nearly_ms = -1\n'
        "[costs]\nwrong_release = 1.0\nunneeded_hold = 2.0\n"
        "[inspection]\nrate = 0.5\n[clones]\nspeed_kmh = 0.0\nspeed = 1\n"
        "[weighing]\ntolerance_kg = -1\n[deadlines]\nsafety_ms = 0\n"
    )
    assert await tool("policy", "check", bad) == 1
    said = capsys.readouterr().err
    for problem in ("plate_min: must lie", "sources: unknown key", "hat is none of", "below is no",
                    "early_ms", "costs: a wrong release", "inspection.seed", "speed_kmh must be",
                    "clones.speed: unknown", "weighing:", "deadlines.safety_ms"):  # fmt: skip
        assert problem in said, problem
    fine = tmp_path / "fine.toml"
    fine.write_text("[costs]\nwrong_release = 1e9\n")
    assert await tool("policy", "check", fine) == 1
    assert "ratio asks" in capsys.readouterr().err
    assert await tool("policy", "check", tmp_path / "none.toml") == 1
    assert await tool("policy", "check", tmp_path) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe", "no UTF-8 text at byte 0"),
        (b"roles = " + b"[" * 50_000, "can't be used"),
        (b"[costs]\nwrong_release = nan", "costs.wrong_release: must be a number"),
        (b"[costs]\nwrong_release = inf\nunneeded_hold = inf", "unneeded_hold: must be a number"),
        (b"[weighing]\ntolerance_percent = nan", "weighing.tolerance_percent: must be a number"),
        (b"[weighing]\nlegal_percent = inf", "weighing.legal_percent: must be a number"),
        (b'[clones]\ndistances = [["a", "b", nan]]', "clones.distances.0.2: must be a number"),
        (b"[clones]\nreturn_ms = 99999999999999999", "return_ms not negative"),
        (b"early_ms = 1000000000000000000", "early_ms: this value can't be used"),
        (b"[deadlines]\nreading_ms = 90000000", "deadlines.reading_ms: this value can't be used"),
        (b'[inspection]\nrate = 0.1\nseed = " "', "inspection.seed: set one of your own"),
    ],
)
async def test_a_policy_with_which_nothing_could_be_judged_is_refused(
    text: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No comparison with nan ever objects: such a cost would open for every truck."""
    bad = tmp_path / "bad.toml"
    bad.write_bytes(text)

    assert await tool("policy", "check", bad) == 1
    assert said in capsys.readouterr().err


async def test_the_shipped_policy_is_the_programs_own_defaults(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await tool("policy", "check", SHIPPED) == 0
    assert "opens above a probability of 99.9001%" in capsys.readouterr().out
    assert load_policy().deadlines == Policy().deadlines
    assert load_policy().costs == Policy().costs
