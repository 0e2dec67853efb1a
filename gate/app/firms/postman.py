"""Sends the letters that wait, through the gate's mail server."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

import aiosmtplib

from config.settings import Mail
from gate.app.clock import Clock
from gate.app.firms import backoff
from gate.app.metrics import Metrics
from gate.store import letters
from gate.store.errors import StoreError
from gate.store.letters import LetterRow
from gate.store.pool import Database

log = logging.getLogger(__name__)

PAUSE_S = 1.0
AT_ONCE = 20
TIMEOUT_S = 20.0
_LEASE = timedelta(minutes=5)
_TOO_OLD = timedelta(days=3)
_FOR_EVER = frozenset({550, 551, 553, 554})
"""Answers that a repetition does not change (RFC 5321)."""


class Postman:
    """Letters by SMTP. A letter that can't be sent is tried again, and given up in the end."""

    def __init__(self, database: Database, clock: Clock, settings: Mail, metrics: Metrics) -> None:
        self._database = database
        self._metrics = metrics
        self._clock = clock
        self._settings = settings

    async def run(self) -> None:
        """Work for ever; without a mail server letters only wait in the database."""
        while True:
            count = 0
            if self._settings.host:
                try:
                    count = await self.work()
                except StoreError as error:
                    log.warning("letters could not be read: %s", error)
            if count < AT_ONCE:
                await asyncio.sleep(PAUSE_S)

    async def work(self) -> int:
        """Send what is due over one connection; returns how many were tried."""
        due = await letters.claim(self._database, self._clock.now(), _LEASE, AT_ONCE)
        if not due:
            return 0
        try:
            async with self._connected() as server:
                for letter in due:
                    await self._send(server, letter)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            log.warning("the mail server %s can't be used: %s", self._settings.host, error)
            for letter in due:
                await self._failed(letter, str(error) or type(error).__name__)
        return len(due)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        s = self._settings
        context = ssl.create_default_context(cafile=str(s.ca_file) if s.ca_file else None)
        server = aiosmtplib.SMTP(
            hostname=s.host, port=s.port, timeout=TIMEOUT_S, use_tls=s.security == "tls",
            start_tls=s.security == "starttls", tls_context=context,
            username=s.username or None, password=s.password.get_secret_value() or None,
        )  # fmt: skip
        async with server:
            yield server

    async def _send(self, server: aiosmtplib.SMTP, letter: LetterRow) -> None:
        if self._clock.now() - letter.created_at > _TOO_OLD:
            await letters.failed(
                self._database, letter.id, "too old to be sent", letter.next_at, dead=True
            )
            return
        try:
            await server.send_message(self._message(letter))
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = {refused.code for refused in error.recipients}
            await self._failed(letter, str(error.recipients), final=bool(codes & _FOR_EVER))
        except aiosmtplib.SMTPResponseException as error:
            await self._failed(
                letter, f"{error.code} {error.message}", final=error.code in _FOR_EVER
            )
        else:
            self._metrics.letters.labels(result="sent").inc()
            await letters.sent(self._database, letter.id, self._clock.now())

    def _message(self, letter: LetterRow) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((self._settings.sender_name, self._settings.sender))
        message["To"] = letter.recipient
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.created_at)
        # The letter's id: a letter that is sent twice is shown once.
        message["Message-ID"] = f"<{letter.id}@{self._settings.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        message["Content-Language"] = letter.language
        return message

    async def _failed(self, letter: LetterRow, error: str, *, final: bool = False) -> None:
        dead = final or letter.tries >= backoff.MOST_TRIES
        wait = backoff.wait(letter.tries, random.random())
        self._metrics.letters.labels(result="dead" if dead else "failed").inc()
        if dead:
            log.warning("letter %s was given up: %s", letter.id, error)
        await letters.failed(
            self._database, letter.id, error[:500], self._clock.now() + wait, dead=dead
        )
