"""Where locked secrets lie: devices, users, their recovery codes, webhooks; the key in use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store import devices, second_factor, webhooks
from gate.store.pool import Connection


def place_of_device(lane: str, device: str, key_id: str) -> str:
    """What a device's key is bound to; it moves with its id when a new key comes in use."""
    return f"devices/{lane}/{device}/{key_id}"


def place_of_user(user: UUID) -> str:
    """What a second factor's secret is bound to, offered or in use."""
    return f"users/{user}"


def place_of_recovery(user: UUID) -> str:
    """What the hashes of recovery codes are bound to."""
    return f"recovery_codes/{user}"


def place_of_webhook(webhook: UUID) -> str:
    """What the secret of a webhook is bound to."""
    return f"webhooks/{webhook}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One secret as it lies there; ``key`` are the values of its table's primary key."""

    place: str
    column: str
    key: tuple[Any, ...]
    value: bytes | str


_PUT = {
    "devices.secret": """UPDATE devices SET secret = $1
        WHERE secret = $2 AND lane_id = $3 AND id = $4""",
    "devices.next_secret": """UPDATE devices SET next_secret = $1
        WHERE next_secret = $2 AND lane_id = $3 AND id = $4""",
    "users.totp_secret": "UPDATE users SET totp_secret = $1 WHERE totp_secret = $2 AND id = $3",
    "users.totp_pending": "UPDATE users SET totp_pending = $1 WHERE totp_pending = $2 AND id = $3",
    "recovery_codes.code_hash": """UPDATE recovery_codes SET code_hash = $1
        WHERE code_hash = $2 AND user_id = $3""",
    "webhooks.secret": "UPDATE webhooks SET secret = $1 WHERE secret = $2 AND id = $3",
}


async def hold(connection: Connection) -> None:
    """Wait until nobody else locks secrets; until the transaction ends nobody else does."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('vault'))")


async def everything(connection: Connection) -> list[Kept]:
    """Every secret. Those of retired devices are hashes already."""
    found = []
    for d in await connection.fetch(
        """SELECT lane_id, id, key_id, secret, next_key_id, next_secret FROM devices
           WHERE retired_at IS NULL ORDER BY lane_id, id"""
    ):
        for key_id, column in (("key_id", "secret"), ("next_key_id", "next_secret")):
            if d[column] is not None:
                place = place_of_device(d["lane_id"], d["id"], d[key_id])
                found.append(Kept(place=place, column=f"devices.{column}",
                                  key=(d["lane_id"], d["id"]), value=bytes(d[column])))  # fmt: skip
    for u in await connection.fetch(
        """SELECT id, totp_secret, totp_pending FROM users
           WHERE totp_secret <> '' OR totp_pending <> '' ORDER BY id"""
    ):
        found += [
            Kept(place=place_of_user(u["id"]), column=f"users.{column}", key=(u["id"],),
                 value=u[column])
            for column in ("totp_secret", "totp_pending") if u[column]
        ]  # fmt: skip
    for r in await connection.fetch(
        "SELECT user_id, code_hash FROM recovery_codes WHERE used_at IS NULL ORDER BY 1, 2"
    ):
        found.append(Kept(place=place_of_recovery(r["user_id"]), column="recovery_codes.code_hash",
                          key=(r["user_id"],), value=r["code_hash"]))  # fmt: skip
    for w in await connection.fetch(
        "SELECT id, secret FROM webhooks WHERE secret <> '' ORDER BY id"
    ):
        place = place_of_webhook(w["id"])
        found.append(Kept(place=place, column="webhooks.secret", key=(w["id"],), value=w["secret"]))
    return found


async def put(connection: Connection, kept: Kept, value: bytes | str) -> None:
    """Put a secret in another's place, unless that was changed meanwhile."""
    await connection.execute(_PUT[kept.column], value, kept.value, *kept.key)


async def forget(connection: Connection, kept: Kept, at: datetime) -> None:
    """Do without a secret that nobody can unlock: retire the device, reset, or end."""
    match kept.column.partition(".")[0]:
        case "devices":
            await devices.retire(connection, kept.key[0], kept.key[1], at)
        case "users" | "recovery_codes":
            await second_factor.reset(connection, kept.key[0])
        case "webhooks":
            await webhooks.give_up(connection, kept.key[0], at)


async def key_in_use(connection: Connection) -> str:
    """The id of the key that locks secrets, or empty where none did yet."""
    return await connection.fetchval("SELECT key_id FROM vault_key") or ""


async def use_key(connection: Connection, key_id: str, at: datetime) -> None:
    """From now on this key locks secrets."""
    await connection.execute(
        """INSERT INTO vault_key (key_id, since) VALUES ($1, $2)
           ON CONFLICT (one) DO UPDATE SET key_id = excluded.key_id, since = excluded.since
           WHERE vault_key.key_id <> excluded.key_id""",
        key_id, at,
    )  # fmt: skip
