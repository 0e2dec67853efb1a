"""Checks the audit chains against themselves, against what they vouch for, and against anchors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from gate.core.audit import ADMINISTRATION, Entry, Fault, check, digest
from gate.store import audit
from gate.store.pool import Connection, Database

STEPS = """
SELECT e.lane_id, e.number, e.transit_id, e.at, e.kind, e.data, e.effects, e.token,
    c.sha256 AS picture, x.id, x.transit_id AS x_transit, x.at AS x_at, x.actor, x.outcome,
    x.policy_hash, x.inputs, x.decision, x.note,
    (SELECT array_agg(ARRAY[r.was, r.remains] ORDER BY r.number) FROM erasures r
        WHERE r.decision_id = x.id) AS erased
FROM transit_events e
LEFT JOIN captures c ON e.kind = 'capture_stored' AND c.id = (e.data->>'capture')::uuid
LEFT JOIN decisions x ON e.kind IN ('decided', 'officer_acted')
    AND x.id = (e.data->>'decision')::uuid
"""
"""The steps with all that their entries vouch for; add a condition."""


async def verify(database: Database) -> tuple[int, list[Fault]]:
    """Check every chain; returns how many entries were read, and every fault found."""
    read = 0
    faults: list[Fault] = []
    async with (
        database.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        faults += await _without_chain(connection)
        for chain in await audit.chains(connection):
            found = [entry async for entry in audit.entries(connection, chain)]
            read += len(found)
            faults += check(found)
            if chain.startswith("lane/"):
                faults += [f async for f in _against_steps(connection, chain, found)]
            elif chain == ADMINISTRATION:
                faults += [f async for f in _against_data(connection, found)]
                faults += await _against_erasures(connection)
    return read, faults


async def against_anchor(database: Database, heads: list[dict[str, Any]]) -> list[Fault]:
    """Is every head that an anchor vouches for still in its chain?"""
    faults = []
    async with database.connection() as connection:
        for head in heads:
            found = await connection.fetchval(
                "SELECT hash FROM audit_events WHERE chain = $1 AND number = $2",
                head["chain"], head["number"],
            )  # fmt: skip
            if found != head["hash"]:
                what = "is gone" if found is None else "is another one"
                faults.append(
                    Fault(chain=head["chain"], number=head["number"], kind="anchor",
                          text=f"the entry that a signed anchor vouches for {what}")
                )  # fmt: skip
    return faults


async def _without_chain(connection: Connection) -> list[Fault]:
    """Lanes that took steps since there are chains (migration 0004), but have none."""
    rows = await connection.fetch(
        """SELECT 'lane/' || l.id AS chain FROM lanes l
           WHERE NOT EXISTS (SELECT FROM audit_events a WHERE a.chain = 'lane/' || l.id)
             AND EXISTS (SELECT FROM transit_events e WHERE e.lane_id = l.id AND e.at >
                 (SELECT applied_at FROM schema_migrations WHERE number = 4))
           ORDER BY l.id"""
    )
    text = "the whole chain is gone, though the lane took steps"
    return [Fault(chain=row["chain"], number=1, kind="missing", text=text) for row in rows]


async def _against_steps(
    connection: Connection, chain: str, entries: list[Entry]
) -> AsyncIterator[Fault]:
    """Each entry vouches for one step; steps from before the chain began are not judged."""
    lane = chain.removeprefix("lane/")
    vouched = {int(entry.subject.rpartition("/")[2]): entry for entry in entries}
    first = min(vouched)
    async for row in connection.cursor(f"{STEPS} WHERE e.lane_id = $1 ORDER BY e.number", lane):
        entry = vouched.pop(row["number"], None)
        if entry is None:
            if row["number"] > first:
                text = f"step {row['number']} of the lane has no entry: it was put in"
                yield Fault(chain=chain, number=0, kind="added", text=text)
        elif hash_of_step(row) != entry.data_hash:
            text = f"step {row['number']} of the lane, its decision or its picture was changed"
            yield Fault(chain=chain, number=entry.number, kind="changed", text=text)
    for number, entry in vouched.items():
        text = f"step {number} of the lane is gone"
        yield Fault(chain=chain, number=entry.number, kind="missing", text=text)


async def _against_data(connection: Connection, entries: list[Entry]) -> AsyncIterator[Fault]:
    """Data beside the chain may be erased, but not changed."""
    by_number = {entry.number: entry for entry in entries}
    async for row in connection.cursor(
        "SELECT number, salt, data FROM audit_data WHERE chain = $1 ORDER BY number", ADMINISTRATION
    ):
        entry = by_number.get(row["number"])
        if entry is not None and digest([row["salt"], row["data"]]) != entry.data_hash:
            text = "the data kept beside it was changed"
            yield Fault(chain=ADMINISTRATION, number=entry.number, kind="changed", text=text)


async def _against_erasures(connection: Connection) -> list[Fault]:
    """Each erasure is vouched for by the entry of the act that erased."""
    rows = await connection.fetch(
        """SELECT r.audit, d.data->>'erased' AS erased,
               array_agg(ARRAY[r.decision_id::text, r.was, r.remains]
                   ORDER BY r.decision_id, r.number) AS found
           FROM erasures r LEFT JOIN audit_data d ON d.chain = $1 AND d.number = r.audit
           GROUP BY r.audit, d.data ORDER BY r.audit""",
        ADMINISTRATION,
    )
    text = "decisions were erased otherwise than this entry says, or it is gone"
    return [
        Fault(chain=ADMINISTRATION, number=row["audit"], kind="changed", text=text)
        for row in rows
        if digest([list(one) for one in row["found"]]) != row["erased"]
    ]


def original_hash(now: str, erased: list[list[str]] | None) -> str:
    """The hash that the chain knows of a decision whose content has the hash ``now``.

    Where parts were erased, that of before, if each erasure continues the one before it and
    what is there now is what the last one left; else ``now``, which the chain will not know.
    """
    if not erased:
        return now
    links = [one[1] for one in erased]
    joined = all(one[0] == before for one, before in zip(erased[1:], links, strict=False))
    return erased[0][0] if joined and links[-1] == now else now


def hash_of_step(row: Any) -> str:
    """The data hash of a step as it lies in the database now; ``row`` is one of ``_STEPS``."""
    decision = ""
    if row["id"] is not None:
        decision = audit.decision_hash(
            {**dict(row), "transit_id": row["x_transit"], "at": row["x_at"]}
        )
        decision = original_hash(decision, row["erased"])
    return audit.step_hash(
        lane=row["lane_id"], number=row["number"], transit=row["transit_id"], at=row["at"],
        kind=row["kind"], data=row["data"], effects=row["effects"], token=row["token"],
        decision=decision, picture=row["picture"] or "",
    )  # fmt: skip
