"""What stands in the paths of firms' pages: one real thing of each kind, of one firm.

Keys are the path up to the name, for ``id`` is of another kind on each page.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from gate.app.clock import utc_now
from tests.web.conftest import Site


async def firm_samples(site: Site, firm: UUID, member: str) -> dict[str, str]:
    """Ids by path; empty where the service has no desks for firms."""
    firms = getattr(site.rig.service, "firms", None)
    if firms is None:
        return {}
    content, now = import_module("tests.firms.rig").content, utc_now()
    async with site.rig.database.connection() as connection:
        await connection.execute("UPDATE firms SET status = 'approved'")
    draft = await firms.filing.new_draft(firm, actor="fa", content=content())
    filed = await firms.filing.new_draft(firm, actor="fa", content=content())
    declared = (await firms.filing.submit(firm, filed.id, actor="fa")).declaration.id
    key, webhook, delivery = uuid4(), uuid4(), uuid4()
    system_key, _secret = await firms.keys.make(
        None, name="customs", scopes=["declarations.read"], actor="quan"
    )
    async with site.rig.database.transaction() as connection:
        await connection.execute(
            """INSERT INTO api_keys (id, firm_id, name, prefix, secret_hash, scopes, created_at,
                   created_by) VALUES ($1, $2, 'k', 'abcdefgh', $3, '{}', $4, 'fa')""",
            key, firm, bytes(32), now,
        )  # fmt: skip
        await connection.execute(
            """INSERT INTO webhooks (id, firm_id, url, secret, events, created_at, created_by)
               VALUES ($1, $2, 'https://example.com/', 'x', '{}', $3, 'fa')""",
            webhook, firm, now,
        )  # fmt: skip
        await connection.execute(
            """INSERT INTO webhook_deliveries (id, webhook_id, firm_id, event, body, status,
                   next_at, created_at) VALUES ($1, $2, $3, 'x', '{}', 'dead', $4, $4)""",
            delivery, webhook, firm, now + timedelta(days=1),
        )  # fmt: skip
        vehicle = await connection.fetchval("SELECT id FROM vehicles WHERE firm_id = $1", firm)
        driver = await connection.fetchval(
            "SELECT id FROM drivers WHERE firm_id = $1 AND name <> 'Driver'", firm
        )
        fee = await connection.fetchval("SELECT id FROM fees WHERE declaration_id = $1", declared)
    return {
        "/portal/drafts/{id}": str(draft.id), "/portal/declarations/{id}": str(declared),
        "/portal/passes/{id}": str(declared), "/portal/vehicles/{id}": str(vehicle),
        "/portal/drivers/{id}": str(driver), "/portal/members/{id}": member,
        "/portal/keys/{id}": str(key), "key": str(system_key.id),
        "/portal/bulk/{id}": await upload(firms, firm),
        "/portal/webhooks/{id}": str(webhook),
        "delivery": str(delivery), "/firms/{id}": str(firm), "/clearances/{id}": str(declared),
        "fee": str(fee or uuid4()),
    }  # fmt: skip


async def upload(firms: Any, firm: UUID) -> str:
    """A table that was uploaded and shown."""
    table = import_module("tests.firms.test_bulk")
    text = table.as_csv("en", [table.line("A", 1)])
    return str((await firms.bulk.preview(firm, "list.csv", text.encode())).id)


async def console_samples(site: Site, transit: str) -> dict[str, str]:
    """A task of an inspection, where the schema has them."""
    task = uuid4()
    async with site.rig.database.connection() as connection:
        if await connection.fetchval("SELECT to_regclass('inspection_tasks')") is None:
            return {}
        await connection.execute(
            """INSERT INTO inspection_tasks (id, transit_id, code, asked_at, asked_by)
               VALUES ($1, $2::text::uuid, 'seal', now(), 'ha')""", task, transit,
        )  # fmt: skip
    return {"task": str(task)}
