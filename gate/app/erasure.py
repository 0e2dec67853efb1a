"""Erasing a person, or the inputs of old decisions, so that the audit still verifies.

The lane's chain keeps the hash of each decision as it was. Beside it stands, for each erasure,
that hash and the hash of what remains; the administration's entry of the act vouches for both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.app.four_eyes import NotDone
from gate.core.audit import digest
from gate.core.redaction import ERASED, bare, without
from gate.store import audit, erasure, retention
from gate.store.erasure_of_filings import erase_from_filings
from gate.store.pool import Connection

Row = dict[str, Any]


async def erase_person(
    connection: Connection, driver: UUID, *, at: datetime, by: str, facts: Row
) -> Row:
    """Erase a driver: the register, decisions that name him, readings and pictures of papers.

    The files of the pictures are deleted afterwards by the caller (``retention.gone_files``).
    Returns counts. Raises ``NotDone`` where there is no such person, or a legal hold stands.
    """
    person = await erasure.driver(connection, driver)
    if person is None or person["name"] == ERASED:
        raise NotDone("no_person")
    transits = await erasure.transits_of_driver(connection, driver)
    if await erasure.holds_on(connection, transits):
        raise NotDone("held")
    words = frozenset({person["name"], person["document_number"], person.get("phone", "")})
    rows = await erasure.decisions_naming(connection, transits, driver)
    changed = [
        (row, {**row, **{key: without(row[key], words) for key in ("inputs", "decision", "note")}})
        for row in rows
    ]
    papers = await erasure.papers_of(connection, transits)
    counts = {"decisions": await _replace(
        connection, changed, at=at, by=by, action="erase_person", subject=str(driver),
        facts={**facts, "pictures": digest(sorted(p["sha256"] for p in papers)),
               "picture_count": len(papers)},
    )}  # fmt: skip
    counts["readings"] = await retention.mark_pictures_gone(
        connection, [p["id"] for p in papers], at
    )
    await erasure.erase_driver(connection, driver)
    counts["filings"] = await erase_from_filings(connection, person, words)
    return {**counts, "pictures": len(papers)}


async def erase_transits(
    connection: Connection, transits: list[UUID], *, at: datetime, by: str
) -> int:
    """Reduce old transits to lane, times, outcome and codes; returns how many decisions."""
    rows = await erasure.decisions_naming(connection, transits, None)
    changed = [
        (row, {**row, "inputs": {ERASED: True}, "decision": bare(row["decision"]), "note": ""})
        for row in rows
    ]
    count = await _replace(
        connection, changed, at=at, by=by, action="erase_transits", subject=f"{len(transits)}",
        facts={"transits": digest(sorted(map(str, transits)))},
    )  # fmt: skip
    await retention.blank_transits(connection, transits)
    return count


async def _replace(
    connection: Connection, changed: list[tuple[Row, Row]], *, at: datetime, by: str, action: str,
    subject: str, facts: Row,
) -> int:  # fmt: skip
    """Write the audit's entry, then each erasure beside it; returns how many decisions changed."""
    pairs = [(old, new, erasure.hash_of(old), erasure.hash_of(new)) for old, new in changed]
    pairs = sorted((p for p in pairs if p[2] != p[3]), key=lambda p: str(p[0]["id"]))
    erased = digest([[str(old["id"]), was, remains] for old, _new, was, remains in pairs])
    entry = await audit.administer(
        connection, at=at, actor=by, action=action, subject=subject,
        data={**facts, "decisions": len(pairs), "erased": erased},
    )  # fmt: skip
    for old, new, was, remains in pairs:
        number = 1 + await erasure.last_number(connection, old["id"])
        await erasure.erase_decision(
            connection, new, number=number, at=at, was=was, remains=remains, entry=entry
        )
    return len(pairs)
