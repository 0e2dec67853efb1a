"""The policy as supervisors handle it: checked as one types, compared, put in force by two."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from typing import Any

from config.policy_file import policy_from, policy_hash
from config.policy_problems import PolicyInvalid, of_toml, problem
from gate.app import policies
from gate.app.clock import Clock
from gate.app.decider import Decider
from gate.app.four_eyes import Carried, NotDone
from gate.app.policy_preview import Comparison, preview
from gate.store import transits
from gate.store.pool import Connection, Database
from gate.store.proposals import Proposal
from schemas.policy import Policy

MOST_CHARACTERS = 50_000
LEAST_NOTE = 5


class PolicyDesk:
    """Checks and compares policies, and puts confirmed ones in force at once."""

    def __init__(self, database: Database, decider: Decider, clock: Clock) -> None:
        self._database = database
        self._decider = decider
        self._clock = clock

    def read(self, toml: str) -> Policy:
        """The policy that the text says; raises ``PolicyInvalid`` with every problem."""
        if len(toml) > MOST_CHARACTERS:
            raise PolicyInvalid(problem("too_long", most=str(MOST_CHARACTERS)))
        try:
            values = tomllib.loads(toml)
        except tomllib.TOMLDecodeError as error:
            raise PolicyInvalid(of_toml(error)) from error
        return policy_from(values)

    async def preview(self, toml: str, days: int) -> Comparison:
        """What the policy would have changed in the last days, against the one in force now."""
        since = self._clock.now() - timedelta(days=days)
        return await preview(self._database, self._decider.policy, self.read(toml), since)

    async def prepare(self, toml: str, note: str) -> dict[str, Any]:
        """Check before anybody is asked to confirm; raises ``NotDone`` or ``PolicyInvalid``."""
        policy = self.read(toml)
        named = policy_hash(policy)
        if named == self._decider.policy_hash:
            raise NotDone("same_policy")
        if len(note.strip()) < LEAST_NOTE:
            raise NotDone("reason")
        return {"toml": toml, "note": note.strip()[:500], "name": policy.name,
                "version": policy.version, "hash": named,
                "against": self._decider.policy_hash}  # fmt: skip

    async def put_in_force(self, connection: Connection, proposal: Proposal) -> Carried:
        """Put the policy in force; this process decides by it as soon as it is committed.

        What was prepared against another policy than the one in force is refused: somebody
        changed it meanwhile.
        """
        data = proposal.data
        if data["against"] != self._decider.policy_hash:
            raise NotDone("policy_changed")
        policy = self.read(data["toml"])
        await transits.keep_policy(self._database, policy, policy_hash(policy))
        await policies.change(
            connection, self._database, policy, at=self._clock.now(), by=proposal.proposed_by,
            second=proposal.second, note=data["note"], toml=data["toml"],
        )  # fmt: skip
        return Carried(after=self._take_up)

    async def _take_up(self) -> None:
        await policies.take_up(self._database, self._decider)
