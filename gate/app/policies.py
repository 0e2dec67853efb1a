"""Putting a policy in force: stored under its hash, and recorded in the audit when it changes."""

from __future__ import annotations

import logging
from datetime import datetime

from config.policy_file import policy_hash
from gate.store import audit, transits
from gate.store.pool import Database
from schemas.policy import Policy

log = logging.getLogger(__name__)

IN_FORCE = "policy_in_force"


async def put_in_force(database: Database, policy: Policy, at: datetime, holder: str) -> None:
    """Store the policy and, where the last one in force was another, record the change.

    ``holder`` names the installation whose settings brought the change. Raises ``StoreError``.
    """
    named = policy_hash(policy)
    await transits.keep_policy(database, policy, named)
    before = await audit.last_act(database, IN_FORCE)
    if before == named:
        return
    async with database.transaction() as connection:
        await audit.administer(
            connection, at=at, actor=f"service/{holder}", action=IN_FORCE, subject=named,
            data={"name": policy.name, "version": policy.version, "before": before},
        )  # fmt: skip
    log.info("policy %s version %s is in force (%s)", policy.name, policy.version, named[:12])
