"""A stolen dump holds no secret: locked under a key file, bound to its row, safe to do again."""

from __future__ import annotations

import asyncio
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import load_settings
from gate.app.clock import Clock
from gate.app.runtime import Service
from gate.app.vault import MARK, Vault, VaultBroken, is_locked
from gate.app.vault_keys import (
    FILE,
    VaultKeyUnusable,
    key_id,
    make_key_file,
    read_keys,
    write_keys,
)
from gate.app.vault_opening import open_vault
from gate.cli import main
from gate.store import audit, users
from gate.store.migrate import migrate, migrations
from gate.store.pool import Database
from gate.store.vaulted import (
    place_of_device,
    place_of_recovery,
    place_of_user,
    place_of_webhook,
)

session = pytest.mark.asyncio(loop_scope="session")
KEYS = st.binary(min_size=32, max_size=32)
PLACES = st.text(max_size=20)
DEVICE, OFFERED = b"the signing key of a camera 32 b", b"the key that is offered, 32 byte"
TOTP, HOOK = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "whsec_0123456789abcdef"
RECOVERY = sha256(b"abcdefghjk").hexdigest()
USER, WEBHOOK = uuid4(), uuid4()
CLEAR = (DEVICE.hex(), OFFERED.hex(), TOTP, RECOVERY, HOOK)


@given(key=KEYS, place=PLACES, clear=st.binary(max_size=80), text=st.text(max_size=40))
def test_what_is_locked_unlocks_at_its_place(
    key: bytes, place: str, clear: bytes, text: str
) -> None:
    vault = Vault(Path("nowhere"), (key,))
    locked = vault.lock(place, clear)
    assert is_locked(locked)
    assert len(clear) < 8 or clear not in locked[len(MARK) :]
    assert locked != vault.lock(place, clear)
    assert vault.unlock(place, locked) == clear
    assert vault.unlock_text(place, vault.lock_text(place, text)) == text


@given(key=KEYS, data=st.data(), clear=st.binary(max_size=40))
def test_one_changed_byte_another_place_or_another_key_is_refused(
    key: bytes, data: st.DataObject, clear: bytes
) -> None:
    vault = Vault(Path("nowhere"), (key,))
    locked = vault.lock("here", clear)
    at = data.draw(st.integers(0, len(locked) - 1))
    by = data.draw(st.integers(1, 255))
    changed = locked[:at] + bytes([locked[at] ^ by]) + locked[at + 1 :]
    other = Vault(Path("nowhere"), (bytes([key[0] ^ 1]) + key[1:],))
    cut = locked[: data.draw(st.integers(0, len(locked) - 1))]
    for vault_, place, value in (
        (vault, "here", changed), (vault, "there", locked), (other, "here", locked),
        (vault, "here", cut), (vault, "here", clear),
    ):  # fmt: skip
        with pytest.raises(VaultBroken):
            vault_.unlock(place, value)


def test_the_key_file_is_its_owners_only_and_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / FILE
    make_key_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = read_keys(path)
    make_key_file(path)
    assert read_keys(path) == first
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    for bad in ("", "zz\n", "00" * 16):
        path.write_text(bad)
        with pytest.raises(VaultKeyUnusable, match="is no file of vault keys"):
            read_keys(path)


async def in_clear(database: Database) -> None:
    """Rows as they were before: a device with an offered key, a second factor, a webhook."""
    firm = uuid4()
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO lanes (id, name, direction) VALUES ('lane-1', 'Lane 1', 'export')"
        )
        await connection.execute(
            """INSERT INTO devices (lane_id, id, kind, key_id, secret, next_key_id, next_secret)
               VALUES ('lane-1', 'cam', 'camera', 'k', $1, 'k.2', $2)""", DEVICE, OFFERED,
        )  # fmt: skip
        await connection.execute(
            """INSERT INTO users (id, name, full_name, role, password_hash, totp_secret)
               VALUES ($1, 'ha', 'Ha', 'officer', '!', $2)""", USER, TOTP,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)", USER, RECOVERY
        )
        await connection.execute(
            """INSERT INTO firms (id, name, tax_number, country)
               VALUES ($1, 'F', '0100000000', 'VN')""", firm,
        )  # fmt: skip
        await connection.execute(
            """INSERT INTO webhooks (id, firm_id, url, secret, events, created_at, created_by)
               VALUES ($1, $2, 'https://x', $3, '{*}', now(), 'x')""", WEBHOOK, firm, HOOK,
        )  # fmt: skip


async def dump(database: Database) -> str:
    """Every row of every table as text, as a dump has it."""
    async with database.connection() as connection:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        return "\n".join([
            str(row["text"])
            for table in tables
            for row in await connection.fetch(f'SELECT t::text AS text FROM "{table[0]}" t')
        ])  # fmt: skip


async def secrets_of(database: Database, vault: Vault) -> list[Any]:
    """The secrets in clear, through the vault."""
    async with database.connection() as connection:
        d = await connection.fetchrow("SELECT secret, next_secret FROM devices")
        totp = await connection.fetchval("SELECT totp_secret FROM users")
        recovery = await connection.fetchval("SELECT code_hash FROM recovery_codes")
        hook = await connection.fetchval("SELECT secret FROM webhooks")
    return [
        vault.unlock(place_of_device("lane-1", "cam", "k"), d["secret"]),
        vault.unlock(place_of_device("lane-1", "cam", "k.2"), d["next_secret"]),
        vault.unlock_text(place_of_user(USER), totp),
        vault.unlock_text(place_of_recovery(USER), recovery),
        vault.unlock_text(place_of_webhook(WEBHOOK), hook),
    ]


async def execute(database: Database, sql: str, *values: object) -> None:
    async with database.connection() as connection:
        await connection.execute(sql, *values)


@session
async def test_what_lies_in_clear_is_locked_once_and_no_dump_has_it(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / FILE
    await in_clear(database)
    before = await dump(database)
    assert all(word in before for word in CLEAR)
    vault = await open_vault(database, path, Clock())
    after = await dump(database)
    assert not any(word in after for word in CLEAR)
    assert read_keys(path)[0].hex() not in after
    assert await secrets_of(database, vault) == [DEVICE, OFFERED, TOTP, RECOVERY, HOOK]
    again = await open_vault(database, path, Clock())
    assert await dump(database) == after  # not one byte, and nothing in the audit
    assert again.current == vault.current
    # An offered key that comes in use is moved by SQL, and unlocks under its own id.
    await execute(
        database,
        """UPDATE devices SET key_id = next_key_id, secret = next_secret, next_key_id = '',
           next_secret = NULL""",
    )
    await open_vault(database, path, Clock())


@session
async def test_a_gate_of_before_keeps_its_people_and_their_makers_and_its_secrets(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = migrations()
    (new,) = [m for m in every if "vault" in m.name]
    await execute(database, "DROP SCHEMA public CASCADE")
    await execute(database, "CREATE SCHEMA public")
    with monkeypatch.context() as before:
        before.setattr("gate.store.migrate.migrations", lambda: every[: new.number - 1])
        await migrate(database)
        await in_clear(database)
        async with database.transaction() as connection:
            await audit.administer(
                connection, at=Clock().now(), actor="quan", action="user_add", subject=str(USER),
                data={"name": "ha"},
            )  # fmt: skip
    assert new.name in await migrate(database)
    vault = await open_vault(database, tmp_path / FILE, Clock())
    assert await secrets_of(database, vault) == [DEVICE, OFFERED, TOTP, RECOVERY, HOOK]
    row = await users.by_name(database, "ha")
    assert row is not None
    assert (row.made_by, row.given_by) == ("quan", ())


@session
async def test_an_interrupted_or_refused_start_has_changed_nothing(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / FILE
    make_key_file(path)
    await in_clear(database)
    foreign = Vault(path, (b"x" * 32,)).lock_text(place_of_webhook(WEBHOOK), HOOK)
    await execute(database, "UPDATE webhooks SET secret = $1", foreign)
    before = await dump(database)
    with pytest.raises(VaultKeyUnusable, match="put the file back from your backup"):
        await open_vault(database, path, Clock())
    assert await dump(database) == before  # devices and users had been done when it broke off
    await execute(database, "UPDATE webhooks SET secret = $1", HOOK)
    vault = await open_vault(database, path, Clock())
    assert await secrets_of(database, vault) == [DEVICE, OFFERED, TOTP, RECOVERY, HOOK]
    # A locked secret in another row is no secret there.
    await execute(
        database,
        """INSERT INTO users (id, name, full_name, role, password_hash, totp_secret)
           SELECT $1, 'viet', 'Viet', 'officer', '!', totp_secret FROM users""", uuid4(),
    )  # fmt: skip
    with pytest.raises(VaultKeyUnusable, match="was changed or belongs elsewhere"):
        await open_vault(database, path, Clock())


@session
async def test_without_its_key_file_the_service_does_not_start_and_says_what_to_do(
    database: Database, tmp_path: Path, database_url: str
) -> None:
    path = tmp_path / FILE
    vault = await open_vault(database, path, Clock())  # an empty database knows its key, too
    kept = path.read_text()
    service = load_settings(
        environment={}, overrides={"data": str(tmp_path), "database": {"url": database_url}}
    )
    path.unlink()
    with pytest.raises(VaultKeyUnusable, match=f"is missing.*locked with the key {vault.current}"):
        async with Service(service):
            pass
    assert not path.exists()
    write_keys(path, (b"y" * 32,))
    other = key_id(b"y" * 32)
    with pytest.raises(VaultKeyUnusable, match=f"has the key {other}, .* with {vault.current}"):
        await open_vault(database, path, Clock())
    path.write_text(kept)
    assert (await open_vault(database, path, Clock())).current == vault.current


@session
async def test_a_new_key_locks_everything_while_the_service_runs_and_a_lost_one_is_got_over(
    database: Database, tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config, path = tmp_path / "gate.toml", tmp_path / FILE
    config.write_text(f'data = "{tmp_path}"\n[database]\nurl = "{database_url}"\n')

    async def tool(action: str) -> tuple[int, str]:
        status = await asyncio.to_thread(main, ["vault-key", "--config", str(config), action])
        said = capsys.readouterr()
        return status, said.out + said.err

    await in_clear(database)
    running = await open_vault(database, path, Clock())
    old = running.current
    status, said = await tool("rotate")
    assert status == 0
    assert f"{old}  old  locks 0 secrets" in said
    assert await secrets_of(database, running) == [DEVICE, OFFERED, TOTP, RECOVERY, HOOK]
    assert running.current != old
    assert (await tool("drop-old"))[0] == 0
    assert old not in (await tool("show"))[1]
    assert await secrets_of(database, Vault(path, read_keys(path))) == [
        DEVICE,
        OFFERED,
        TOTP,
        RECOVERY,
        HOOK,
    ]

    path.unlink()
    status, said = await tool("show")
    assert (status, "is missing" in said) == (1, True)
    status, said = await tool("forget-lost")
    assert (status, said.count("forgotten: ")) == (0, 5), said
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT retired_at IS NOT NULL FROM devices")
        assert await connection.fetchval("SELECT totp_secret FROM users") == ""
        assert await connection.fetchval("SELECT ended_at IS NOT NULL FROM webhooks")
    assert (await tool("show"))[0] == 0
