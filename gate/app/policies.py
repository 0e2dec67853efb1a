"""The policy in force: from the settings' file, or put there by two persons on the policy page.

What stands on the page survives a restart. A file that was changed since it was last read wins:
whoever changed it meant it. Each change is an entry of the audit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from config.policy_file import policy_hash
from gate.app.decider import Decider
from gate.store import audit, policy_acts, transits
from gate.store.errors import PolicyChanged, StoreError
from gate.store.pool import Connection, Database
from schemas.policy import Policy

log = logging.getLogger(__name__)

IN_FORCE = "policy_in_force"
LOOK_S = 2.0
"""A policy that another process put in force is in force here at the latest after this."""


async def put_in_force(
    database: Database, policy: Policy, at: datetime, holder: str, toml: str = ""
) -> Policy:
    """At the start: store the file's policy, and say which policy is in force.

    ``holder`` names the installation whose settings brought a change, ``toml`` the file's text.
    Raises ``StoreError``.
    """
    named = policy_hash(policy)
    await transits.keep_policy(database, policy, named)
    newest, file = await policy_acts.last(database), await policy_acts.last(database, "file")
    if newest is not None and newest["source"] == "page" and file and file["hash"] == named:
        kept = await transits.policy_by_hash(database, newest["hash"])
        if kept is not None:
            log.info("policy %s of the page stays in force", newest["hash"][:12])
            return kept
    if newest is not None and newest["source"] == "file" and newest["hash"] == named:
        return policy
    async with database.transaction() as connection:
        before = await audit.last_act(database, IN_FORCE)
        await policy_acts.add(
            connection, at=at, named=named, source="file", by=f"service/{holder}", toml=toml
        )
        if before != named:
            await audit.administer(
                connection, at=at, actor=f"service/{holder}", action=IN_FORCE, subject=named,
                data={"name": policy.name, "version": policy.version, "before": before},
            )  # fmt: skip
    log.info("policy %s version %s is in force (%s)", policy.name, policy.version, named[:12])
    return policy


async def change(
    connection: Connection,
    database: Database,
    policy: Policy,
    *,
    at: datetime,
    by: str,
    second: str,
    note: str,
    toml: str,
) -> str:
    """Two persons put a policy in force, inside their transaction; returns its hash.

    The policy must be stored already (``transits.keep_policy``).
    """
    named = policy_hash(policy)
    before = await audit.last_act(database, IN_FORCE)
    await policy_acts.add(
        connection, at=at, named=named, source="page", by=by, second=second, note=note, toml=toml
    )
    await audit.administer(
        connection, at=at, actor=by, action=IN_FORCE, subject=named,
        data={"name": policy.name, "version": policy.version, "before": before, "second": second,
              "note": note},
    )  # fmt: skip
    return named


async def take_up(database: Database, decider: Decider) -> bool:
    """Decide by the policy that is in force now; True where that is another than before."""
    newest = await policy_acts.last(database)
    if newest is None or newest["hash"] == decider.policy_hash:
        return False
    policy = await transits.policy_by_hash(database, newest["hash"])
    if policy is None:
        return False
    decider.use(policy, newest["hash"])
    log.info("policy %s version %s is in force now", policy.name, policy.version)
    return True


async def follow(
    database: Database, decider: Decider, refused: Callable[[PolicyChanged], None]
) -> None:
    """Take up, for ever, what another process put in force.

    ``refused`` is told once where that is a policy that was changed since it was stored.
    """
    told = ""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await take_up(database, decider)
            told = ""
        except PolicyChanged as error:
            if str(error) != told:
                log.error("the policy before stays in force: %s", error)
                refused(error)
            told = str(error)
        except StoreError as error:
            log.info("the policy in force was not looked up: %s", error)
