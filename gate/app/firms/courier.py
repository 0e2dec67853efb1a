"""Sends web calls: signed, with every attempt kept, repeated with growing pauses.

The signature (header ``Gate-Signature: t=<seconds>,v1=<hex>``) is HMAC-SHA256 with the webhook's
secret over ``<seconds>.<body>``: the receiver refuses old times, so that nobody can replay.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import random
from datetime import timedelta

import aiohttp

from gate.app.clock import Clock
from gate.app.firms import backoff
from gate.app.firms.targets import PublicResolver, check_url
from gate.app.metrics import Metrics
from gate.app.vault import Vault, VaultBroken
from gate.store import deliveries, webhooks
from gate.store.deliveries import AttemptRow, DeliveryRow
from gate.store.errors import StoreError
from gate.store.pool import Database
from gate.store.vaulted import place_of_webhook
from gate.store.webhooks import WebhookRow

log = logging.getLogger(__name__)

PAUSE_S = 0.5
AT_ONCE = 32
EACH = 4
TIMEOUT_S = 10.0
_LEASE = timedelta(seconds=60)
_GONE = 410
"""The receiver's word that it wants no more of this."""


def signature(secret: str, seconds: int, body: str) -> str:
    """The header's value for a body sent at this time (seconds since 1970)."""
    mark = hmac.new(secret.encode(), f"{seconds}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={seconds},v1={mark}"


class Courier:
    """Delivers to webhooks, at least once each; the receiver knows repeats by the id."""

    def __init__(
        self, database: Database, clock: Clock, metrics: Metrics, vault: Vault, *, loopback: bool
    ) -> None:
        self._database = database
        self._vault = vault
        self._metrics = metrics
        self._clock = clock
        self._loopback = loopback

    async def run(self) -> None:
        """Work for ever."""
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(loopback=self._loopback), limit=AT_ONCE, limit_per_host=EACH,
            use_dns_cache=False, force_close=True,
        )  # fmt: skip
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        # trust_env stays off: a proxy of this machine would resolve names without our rules.
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": "digital-border-gate"},
        ) as session:  # fmt: skip
            while True:
                try:
                    count = await self.work(session)
                except StoreError as error:
                    log.warning("deliveries could not be read: %s", error)
                    count = 0
                if count == 0:
                    await asyncio.sleep(PAUSE_S)

    async def work(self, session: aiohttp.ClientSession) -> int:
        """Send what is due, at the same time; returns how many were tried."""
        now = self._clock.now()
        due = await deliveries.claim(self._database, now, _LEASE, AT_ONCE, EACH)
        if not due:
            return 0
        known = await webhooks.by_ids(self._database, list({d.webhook_id for d in due}))
        await asyncio.gather(*(self._deliver(session, d, known[d.webhook_id]) for d in due))
        return len(due)

    async def _deliver(
        self, session: aiohttp.ClientSession, delivery: DeliveryRow, webhook: WebhookRow
    ) -> None:
        began, at = self._clock.monotonic(), self._clock.now()
        code, error = await self._post(session, delivery, webhook, int(at.timestamp()))
        ms = int((self._clock.monotonic() - began) * 1000)
        attempt = AttemptRow(number=delivery.tries, at=at, status_code=code, error=error, ms=ms)
        if code is not None and 200 <= code < 300:
            status = "delivered"
        elif code == _GONE or delivery.tries >= backoff.MOST_TRIES or webhook.ended_at:
            status = "dead"
        else:
            status = "pending"
        result = "failed" if status == "pending" else status
        self._metrics.web_calls.labels(result=result).inc()
        next_at = self._clock.now() + backoff.wait(delivery.tries, random.random())
        try:
            await deliveries.attempted(
                self._database, delivery.id, attempt, status=status, next_at=next_at
            )
        except StoreError as lost:  # its lease runs out, and it is sent again
            log.warning("an attempt could not be noted: %s", lost)

    async def _post(
        self, session: aiohttp.ClientSession, delivery: DeliveryRow, webhook: WebhookRow, at: int
    ) -> tuple[int | None, str]:
        refused = check_url(webhook.url, loopback=self._loopback)
        if refused:
            return None, refused
        try:
            secret = self._vault.unlock_text(place_of_webhook(webhook.id), webhook.secret)
        except VaultBroken as broken:
            log.error("not sent, for it can't be signed: %s", broken)
            return None, "the gate can't sign this call: its operator was told"
        headers = {
            "Content-Type": "application/json", "Gate-Event": delivery.event,
            "Gate-Delivery": str(delivery.id),
            "Gate-Signature": signature(secret, at, delivery.body),
        }  # fmt: skip
        try:
            async with session.post(
                webhook.url, data=delivery.body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                return answer.status, "" if answer.status < 300 else f"answered {answer.status}"
        except TimeoutError:
            return None, f"no answer within {TIMEOUT_S:.0f} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return None, f"{type(error).__name__}: {error}"[:300]
