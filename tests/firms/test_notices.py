"""Events become letters and signed web calls: repeated, given up, never sent inside."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.app.firms import backoff, wording
from gate.app.firms.desk import Firms
from gate.app.firms.errors import Invalid, UnknownRecord
from gate.app.firms.targets import PublicResolver, TargetRefused, check_url, may_connect
from gate.store import declarations
from gate.store.pool import Database
from schemas.declarations import DeclarationStatus
from tests.firms.receivers import mail_server, receiving
from tests.firms.rig import MovedClock, approved, firms_over, submitted
from tests.gate.rig import until

aio = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def working(firms: Firms) -> AsyncIterator[None]:
    """The workers run beside, as the service runs them."""
    tasks = [asyncio.create_task(work) for work in firms.work().values()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(e, asyncio.CancelledError) for e in ended), ended


@aio
async def test_a_step_of_the_lane_is_told_by_a_signed_call(
    firms: Firms, database: Database
) -> None:
    firm = await approved(firms)
    async with receiving() as receiver:
        hook, secret = await firms.webhooks.make(
            firm, url=receiver.url, events=["declaration.departed"], actor="thu"
        )
        row = await submitted(firms, firm)
        async with working(firms):
            async with database.transaction() as connection:
                for to in ("clearing", "cleared", "released", "departed"):
                    await declarations.move(
                        connection, row.id, DeclarationStatus(to), actor="machine",
                        at=datetime.now(UTC),
                    )  # fmt: skip
            await until(lambda: receiver.calls, what="the call")
            await asyncio.sleep(0.7)
    (call,) = receiver.calls
    said = json.loads(call.body)
    assert call.proves(secret)
    assert not call.proves("other")
    assert said["event"] == "declaration.departed"
    assert said["declaration"]["number"] == row.number
    assert said["id"] == call.headers["Gate-Delivery"]
    (delivery,) = await firms.webhooks.deliveries(firm, hook.id)
    assert (delivery.status, delivery.tries, delivery.last_status) == ("delivered", 1, 204)


@aio
async def test_a_call_that_fails_is_repeated_with_the_same_id_and_every_attempt_kept(
    firms: Firms, moved: MovedClock
) -> None:
    firm = await approved(firms)
    async with receiving() as receiver:
        receiver.answers = [500, 302]
        hook, _ = await firms.webhooks.make(firm, url=receiver.url, events=["*"], actor="thu")
        delivery = await firms.webhooks.test(firm, hook.id)
        async with working(firms):
            await until(lambda: _later(moved) and len(receiver.calls) == 3, what="three calls")
            await until(lambda: _is(firms, firm, hook.id, "delivered"), what="delivered")
    assert len({call.headers["Gate-Delivery"] for call in receiver.calls}) == 1
    attempts = await firms.webhooks.attempts(firm, delivery)
    assert [a.status_code for a in attempts] == [500, 302, 204]


def _later(moved: MovedClock) -> bool:
    """A quarter of an hour passes at each look."""
    moved.ahead += timedelta(minutes=15)
    return True


async def _is(firms: Firms, firm: Any, hook: Any, status: str) -> bool:
    return all(d.status == status for d in await firms.webhooks.deliveries(firm, hook))


@aio
async def test_after_the_last_try_a_delivery_is_dead_and_gone_means_never_again(
    firms: Firms, moved: MovedClock
) -> None:
    firm = await approved(firms)
    async with receiving() as receiver:
        receiver.answers = [500] * backoff.MOST_TRIES + [410]
        hook, _ = await firms.webhooks.make(firm, url=receiver.url, events=["*"], actor="thu")
        await firms.webhooks.test(firm, hook.id)
        async with working(firms):
            await until(
                lambda: _later(moved) and len(receiver.calls) == backoff.MOST_TRIES, what="all"
            )
            await until(lambda: _is(firms, firm, hook.id, "dead"), what="dead")
            await firms.webhooks.test(firm, hook.id)
            await until(lambda: len(receiver.calls) > backoff.MOST_TRIES, what="the last")
            await until(lambda: _is(firms, firm, hook.id, "dead"), what="gone")


@aio
async def test_a_webhook_can_be_changed_and_ended_by_its_firm_only(firms: Firms) -> None:
    firm, stranger = await approved(firms), await approved(firms)
    hook, _ = await firms.webhooks.make(
        firm, url="https://example.com/hook", events=["*"], actor="thu"
    )
    changed = await firms.webhooks.change(firm, hook.id, active=False, actor="thu")
    assert not changed.active
    for attempt in (
        firms.webhooks.one(stranger, hook.id), firms.webhooks.end(stranger, hook.id, actor="x"),
        firms.webhooks.change(stranger, hook.id, active=True, actor="x"),
        firms.webhooks.test(stranger, hook.id),
    ):  # fmt: skip
        with pytest.raises(UnknownRecord):
            await attempt
    await firms.webhooks.end(firm, hook.id, actor="thu")
    assert await firms.webhooks.of(firm) == []
    for url in ("http://example.com", "https://10.0.0.1/", "ftp://example.com", "https://intra"):
        with pytest.raises(Invalid):
            await firms.webhooks.make(firm, url=url, events=["*"], actor="thu")


@aio
async def test_letters_are_sent_in_the_firms_language_repeated_and_given_up(
    database: Database, tmp_path: Path, moved: MovedClock
) -> None:
    async with mail_server() as (box, port):
        mail = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "gate@example.com"}
        firms = firms_over(database, tmp_path, moved, mail=mail)
        firms.speak(lambda language, text: f"[{language}] {text}")
        await approved(firms, language="zh", email="fine@example.com", name="东兴物流")
        busy = await approved(firms, email="busy@example.com")
        bad = await approved(firms, email="who@bad.example.com")
        async with working(firms):
            await until(lambda: _sent(box, "fine@example.com") >= 2, what="two letters")
            await until(lambda: _given_up(firms, bad), what="the bad address is given up")
            moved.ahead = timedelta(minutes=2)
            await until(lambda: _sent(box, "busy@example.com") >= 2, what="the busy one too")
    first = next(e for e in box.letters if e.rcpt_tos == ["fine@example.com"])
    letter = email.message_from_bytes(first.content, policy=email.policy.default)
    assert letter["Subject"].startswith("[zh] ")
    assert letter["From"].addresses[0].addr_spec == "gate@example.com"
    assert letter["Content-Language"] == "zh"
    assert {row.status for row in await firms.notices.letters(busy)} == {"sent"}


def _sent(box: Any, address: str) -> int:
    return sum(envelope.rcpt_tos == [address] for envelope in box.letters)


async def _given_up(firms: Firms, firm: Any) -> bool:
    return {row.status for row in await firms.notices.letters(firm)} == {"dead"}


@aio
async def test_a_rejection_is_written_with_its_reason(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm, customs_number=None)
    await firms.clearances.reject(row.id, "the customs\nnumber is missing", actor="anh")
    await firms.notices.work()
    letter = (await firms.notices.letters(firm, most=1))[0]
    assert row.number in letter.subject
    assert "the customs number is missing" in letter.body


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://10.1.2.3/", "https://127.0.0.1/", "https://[::1]/",
     "https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/", "https://0x7f000001/",
     "https://2130706433/", "https://[64:ff9b::a00:1]/", "https://user:pw@example.com/",
     "https://gate.local/", "https://localhost/", "file:///etc/passwd", "https://", "https://x y/",
     "https://[fe80::1%25eth0]/", "https://example.com:99999/", "https://[2002:7f00:1::]/"],
)  # fmt: skip
def test_addresses_that_lead_inside_are_refused(url: str) -> None:
    assert check_url(url, loopback=False)


def test_public_addresses_may_be_called() -> None:
    assert check_url("https://hooks.example.com:8443/gate?x=1", loopback=False) == ""
    assert check_url("https://[2606:2800:220:1::1]/", loopback=False) == ""


@given(st.ip_addresses())
def test_no_address_of_an_inner_network_is_ever_connected(address: Any) -> None:
    if not address.is_global or address.is_private or address.is_loopback:
        assert not may_connect(str(address), loopback=False)


@aio
async def test_a_name_that_resolves_to_this_machine_is_not_called() -> None:
    resolver = PublicResolver(loopback=False)
    with pytest.raises(TargetRefused):
        await resolver.resolve("localhost", 443)
    await resolver.close()


@given(st.integers(1, 30), st.floats(0, 1))
def test_waits_grow_and_stay_bounded(tries: int, spread: float) -> None:
    wait = backoff.wait(tries, spread)
    assert timedelta(seconds=7) <= wait <= timedelta(hours=7.6)


@given(st.sampled_from(sorted(wording.LETTERS)), st.text(max_size=50))
def test_words_from_outside_stay_on_one_line_of_a_letter(event: str, hostile: str) -> None:
    names = (
        "name",
        "reason",
        "number",
        "plate",
        "amount",
        "currency",
        "note",
        "authority",
        "due",
        "credit",
        "filed",
        "total",
        "accepted",
        "waiting",
        "refused",
        "link",
    )
    made = wording.letter(event, dict.fromkeys(names, hostile), "en", wording.english, "x")
    assert made is not None
    assert "\n" not in made[0]
    assert "\r" not in made[1]
    assert made[1].count("\n") == 3
