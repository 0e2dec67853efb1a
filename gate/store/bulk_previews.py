"""Uploads that were read and shown, kept for an hour until they are filed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gate.store.pool import Connection, Database

_IDLE = """NOT EXISTS (SELECT FROM bulk_commits c WHERE c.upload_id = p.id
    AND c.ended_at IS NULL)"""


async def add(
    database: Database, firm: UUID, preview: UUID, name: str, text: str, at: datetime, most: int
) -> None:
    """Keep a preview, given as JSON text: it is large, and written in a thread of the caller's.
    Of a firm's the newest ``most`` stay, and those that are being filed.
    """
    async with database.transaction() as connection:
        await connection.execute(
            """INSERT INTO bulk_previews (id, firm_id, name, preview, created_at)
               VALUES ($1, $2, $3, $4::text::jsonb, $5)""",
            preview, firm, name, text, at,
        )  # fmt: skip
        await connection.execute(
            f"""DELETE FROM bulk_previews p WHERE firm_id = $1 AND {_IDLE} AND id NOT IN (
                    SELECT id FROM bulk_previews WHERE firm_id = $1
                    ORDER BY created_at DESC, id DESC LIMIT $2)""",
            firm, most,
        )  # fmt: skip


async def one(
    connection: Connection, firm: UUID, preview: UUID, *, lock: bool = False
) -> tuple[str, list[str], datetime | None] | None:
    """The firm's preview or None: its JSON text without rows, that of each row in order, and when
    it was filed.
    """
    row = await connection.fetchrow(
        f"""SELECT (preview || '{{"rows": []}}')::text AS head, committed_at,
                ARRAY(SELECT one::text
                      FROM jsonb_array_elements(preview -> 'rows') WITH ORDINALITY r (one, n)
                      ORDER BY n) AS rows
            FROM bulk_previews WHERE id = $2 AND firm_id = $1 {"FOR UPDATE" if lock else ""}""",
        firm, preview,
    )  # fmt: skip
    return None if row is None else (row["head"], row["rows"], row["committed_at"])


async def committed(connection: Connection, firm: UUID, preview: UUID, at: datetime) -> None:
    """It was filed: not twice."""
    await connection.execute(
        "UPDATE bulk_previews SET committed_at = $3 WHERE id = $2 AND firm_id = $1",
        firm, preview, at,
    )  # fmt: skip


async def forget(database: Database, before: datetime, filed_before: datetime) -> None:
    """Forget those that were shown before a time, and those that were filed before another one;
    what is being filed stays.
    """
    async with database.connection() as connection:
        await connection.execute(
            f"""DELETE FROM bulk_previews p WHERE {_IDLE}
                  AND (created_at < $1 AND committed_at IS NULL OR committed_at < $2)""",
            before, filed_before,
        )  # fmt: skip
