"""The key itself, statistics, and webhooks."""

from __future__ import annotations

from datetime import timedelta

from gate.store import firm_statistics
from gate.store.webhooks import WebhookRow
from gate.web.api import answers, cursors, given, taken
from gate.web.api.operations import Call, Reply, Table

table = Table("account")
WRITE = ("webhooks.write",)


@table.add("GET", "/me", answer=given.Me)
async def get_me(call: Call) -> Reply:
    """Which key this is, and that it works."""
    key = call.key
    value = given.Me(
        prefix=key.prefix, name=key.name, scopes=list(key.scopes), firm=key.firm_id,
        expires_at=key.expires_at, site=call.service.settings.site, now=call.service.clock.now(),
    )  # fmt: skip
    return Reply(value=value)


@table.add("GET", "/statistics", scopes=("statistics.read",), query=taken.StatisticsQuery,
           answer=given.Statistics)  # fmt: skip
async def get_statistics(call: Call) -> Reply:
    """Declarations by status, and what happened on each of the last days."""
    desk, now = call.service.firms, call.service.clock.now()
    since = now - timedelta(days=call.query.days - 1)
    zone = call.service.settings.web.timezone
    rows = await firm_statistics.days(call.service.database, call.scope, since, now, zone)
    counts = (
        await desk.clearances.counts() if call.scope is None
        else await desk.filing.counts(call.scope)
    )  # fmt: skip
    items = [given.Day.model_validate(row) for row in rows]
    return Reply(value=given.Statistics(by_status=counts, days=items))


@table.add("GET", "/webhooks", scopes=WRITE, answer=given.Webhooks)
async def list_webhooks(call: Call) -> Reply:
    """All webhooks of the firm."""
    rows = await call.service.firms.webhooks.of(call.firm)
    return Reply(value=given.Webhooks(items=[_shape(row) for row in rows]))


@table.add("POST", "/webhooks", scopes=WRITE, body=taken.WebhookIn, answer=given.NewWebhook,
           status=201, errors=(409,))  # fmt: skip
async def add_webhook(call: Call) -> Reply:
    """Add a webhook; the answer has its secret, which is not shown again."""
    row, secret = await call.service.firms.webhooks.make(
        call.firm, url=call.body.url, events=call.body.events, actor=call.actor
    )
    value = given.NewWebhook(webhook=_shape(row), secret=secret)
    return Reply(value=value, status=201, headers=answers.location("webhooks", row.id))


@table.add("GET", "/webhooks/{webhook}", scopes=WRITE, answer=given.Webhook)
async def get_webhook(call: Call) -> Reply:
    """One webhook."""
    return Reply(
        value=_shape(await call.service.firms.webhooks.one(call.firm, call.ids["webhook"]))
    )


@table.add("PATCH", "/webhooks/{webhook}", scopes=WRITE, body=taken.WebhookChange,
           answer=given.Webhook)  # fmt: skip
async def change_webhook(call: Call) -> Reply:
    """Change a webhook's address or events, or switch it off and on."""
    row = await call.service.firms.webhooks.change(
        call.firm, call.ids["webhook"], actor=call.actor, url=call.body.url,
        events=call.body.events, active=call.body.active,
    )  # fmt: skip
    return Reply(value=_shape(row))


@table.add("DELETE", "/webhooks/{webhook}", scopes=WRITE, status=204)
async def end_webhook(call: Call) -> Reply:
    """End a webhook."""
    await call.service.firms.webhooks.end(call.firm, call.ids["webhook"], actor=call.actor)
    return Reply(status=204)


@table.add("POST", "/webhooks/{webhook}/test", scopes=WRITE, answer=given.TestDelivery,
           status=202)  # fmt: skip
async def test_webhook(call: Call) -> Reply:
    """Send a ``ping`` to a webhook."""
    delivery = await call.service.firms.webhooks.test(call.firm, call.ids["webhook"])
    return Reply(value=given.TestDelivery(delivery=delivery), status=202)


@table.add("GET", "/webhooks/{webhook}/deliveries", scopes=WRITE, query=taken.PageQuery,
           answer=given.DeliveryPage, paged=True)  # fmt: skip
async def list_deliveries(call: Call) -> Reply:
    """What was or will be sent to a webhook, the newest first."""
    webhook = await call.service.firms.webhooks.one(call.firm, call.ids["webhook"])
    rows = await call.service.firms.webhooks.deliveries(
        call.firm, webhook.id, after=cursors.decode(call.query.cursor), most=call.query.limit + 1
    )
    return answers.page(
        call, given.DeliveryPage, given.Delivery, rows, answers.by_time("created_at")
    )


@table.add("GET", "/webhooks/{webhook}/deliveries/{delivery}/attempts", scopes=WRITE,
           answer=given.Attempts)  # fmt: skip
async def list_attempts(call: Call) -> Reply:
    """Every attempt at a delivery."""
    await call.service.firms.webhooks.one(call.firm, call.ids["webhook"])
    rows = await call.service.firms.webhooks.attempts(call.firm, call.ids["delivery"])
    return Reply(value=given.Attempts(items=[given.Attempt.model_validate(r) for r in rows]))


def _shape(row: WebhookRow) -> given.Webhook:
    return given.Webhook.model_validate(row)
