"""Every route with every role: who may not, is told so; nobody gets at what is another's.

A new route needs nothing here. A new name in a path needs an id in ``samples`` (by name, or by the
path up to the name where pages use one name for several kinds): without one this test fails.
What belongs to a lane goes into ``OF_LANE``; below ``OF_FIRM`` all belongs to the firm of ``fa``.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import (
    ClientConnectionError,
    ClientPayloadError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    CookieJar,
)

from gate.app.clock import utc_now
from gate.core.permissions import Permission, may
from gate.store import legal_holds
from gate.web.access import permission_of
from gate.web.guard import is_open
from gate.web.server import application
from gate.web.stages import ALWAYS
from tests.gate.pictures import FRONT, picture_of
from tests.gate.rig import LANE, until
from tests.web.conftest import ENGLISH, Site
from tests.web.supervisor_people import SECOND, Browser, add_more, browser_of, enter
from tests.web.sweep_of_firms import console_samples, firm_samples

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLES = {
    "ha": "officer", "viet": "shift_lead", "anh": "supervisor", "bao": "operations",
    "quan": "administrator", "fa": "firm_administrator", "fu": "firm_user",
}  # fmt: skip
OF_LANE = frozenset({"lane", "transit", "alarm", "sha256", "task"})
OF_FIRM = "/portal/"
OWN_WORDS = {"day": "2026-11-01"}
"""What stands in paths and is no id."""
UNKNOWN = {"lane": "lane-none", "device": "none", "sha256": "0" * 64}
CHOICE = re.compile(r"\(\?P<(\w+)>(\w+)(?:\|\w+)+\)")
"""A name that may be one of several words: the first is taken."""
ENDS_SESSION = frozenset({"/sign-out", "/lock"})
NAME = re.compile(r"\{(\w+)[^}]*\}")


@dataclass(frozen=True)
class Way:
    """One route with its path filled in."""

    method: str
    path: str
    unknown: str
    names: frozenset[str]
    permission: Permission | None


async def samples(site: Site) -> dict[str, str]:
    """A real id for each name that stands in a path."""
    await site.rig.show(picture_of(FRONT))
    rows = await until(
        lambda: site.rig.rows_of(
            "SELECT c.sha256, c.transit_id FROM captures c WHERE c.transit_id IS NOT NULL"
        ),
        what="a capture belongs to a transit",
    )
    hold, alarm, driver = uuid4(), uuid4(), uuid4()
    async with site.rig.database.transaction() as connection:
        await legal_holds.add(
            connection, hold=hold, kind="plate", value="14C12345", reason="case 1", by="anh",
            at=utc_now(),
        )  # fmt: skip
        await connection.execute(
            """INSERT INTO alarms (id, lane_id, kind, text, raised_at, last_at)
               VALUES ($1, $2, 'test', 'test', now(), now())""", alarm, LANE,
        )  # fmt: skip
        firm = await connection.fetchval("SELECT firm_id FROM users WHERE name = 'fa'")
        await connection.execute(
            """INSERT INTO drivers (id, firm_id, name, nationality, document_kind,
                   document_number, birth_date, document_until)
               VALUES ($1, $2, 'Driver', 'VNM', 'passport', 'C1234567', '1980-01-01',
                   '2030-01-01')""", driver, firm,
        )  # fmt: skip
        user = await connection.fetchval("SELECT id FROM users WHERE name = 'bao'")
        member = await connection.fetchval("SELECT id FROM users WHERE name = 'fu'")
        session = await connection.fetchval("SELECT id FROM sessions LIMIT 1")
    anh = await browser_of(site, "anh")
    entry = {"kind": "plate", "value": "14C99999", "reason": "sweep test", "days": "10"}
    assert (await anh.post("/watchlists", **entry, **SECOND))[0] == 200
    assert (await anh.post("/watchlists", **entry))[0] == 200
    await anh.aclose()
    (listed,) = await site.rig.rows_of("SELECT id FROM watchlist")
    (proposal,) = await site.rig.rows_of("SELECT id FROM proposals WHERE state = 'open'")
    return {
        "lane": LANE, "device": "barrier", "transit": str(rows[0]["transit_id"]),
        "sha256": rows[0]["sha256"], "alarm": str(alarm), "hold": str(hold),
        "driver": str(driver), "user": str(user), "session": str(session or uuid4()),
        "entry": str(listed["id"]), "proposal": str(proposal["id"]), **OWN_WORDS,
        **await console_samples(site, str(rows[0]["transit_id"])),
        **await firm_samples(site, firm, str(member)),
    }  # fmt: skip


def ways(site: Site, known: dict[str, str]) -> list[Way]:
    """All routes that need a session."""
    found = []
    for route in application(site.rig.service, demo=False).router.routes():
        assert route.resource is not None
        canonical = route.resource.canonical
        if is_open(canonical) or route.method == "HEAD":
            continue
        names = frozenset(NAME.findall(canonical))
        info: dict[str, Any] = dict(route.resource.get_info())
        words = dict(CHOICE.findall(info["pattern"].pattern)) if "pattern" in info else {}
        path = unknown = canonical
        for name in NAME.findall(canonical):
            upto = canonical[: canonical.index(f"{{{name}") + len(name) + 2]
            value = words.get(name) or known.get(upto) or known.get(name)
            assert value, f"{canonical}: give a sample id for {upto} in this test"
            other = value if name in (*words, *OWN_WORDS) else UNKNOWN.get(name, str(uuid4()))
            place = re.compile(rf"\{{{name}[^}}]*\}}")
            path, unknown = place.sub(value, path), place.sub(other, unknown)
        found.append(Way(route.method, path, unknown, names, permission_of(route.handler)))
    return found


@pytest.mark.slow
async def test_every_route_answers_each_role_as_the_permissions_say(site: Site) -> None:
    await add_more(site)
    known = await samples(site)
    found = ways(site, known)
    assert len(found) > 40
    wrong = await nobody(site, found)
    async with AsyncExitStack() as stack:
        browsers = {
            name: await stack.enter_async_context(aclosing(await browser_of(site, name)))
            for name in (*ROLES, "lan", "fb", "thu")
        }
        wrong += await locked(browsers["thu"], found)
        of_lane = [way for way in found if way.names & OF_LANE]
        of_firm = [way for way in found if way.names and way.path.startswith(OF_FIRM)]
        wrong += await strangers(browsers["lan"], "officer", of_lane)
        wrong += await strangers(browsers["fb"], "firm_administrator", of_firm)
        for name, role in ROLES.items():
            wrong += await as_role(browsers[name], role, found)
    assert not wrong, "\n".join(wrong)


async def ask(client: ClientSession, url: str, way: Way, token: str, page: bool) -> tuple[int, str]:
    """Status and beginning of the answer; a stream is left after its head."""
    headers = {"X-CSRF-Token": token, "Accept": "text/html" if page else "application/json"}
    timeout = ClientTimeout(total=20)
    async with client.request(
        way.method, url + way.path, headers=headers, json={} if way.method == "POST" else None,
        allow_redirects=False, timeout=timeout,
    ) as answer:  # fmt: skip
        if answer.content_type == "text/event-stream":
            return answer.status, ""
        text = (await answer.content.read(4096)).decode("utf-8", "replace")
        return answer.status, answer.headers.get("Location", "") or text


async def as_role(browser: Browser, role: str, found: list[Way]) -> list[str]:
    """The forbidden is forbidden; the allowed is answered, and never by a crash."""
    wrong = []
    for way in sorted(found, key=lambda w: w.path in ENDS_SESSION):
        allowed = way.permission is not None and may(role, way.permission)
        for page in (True, False):
            if allowed and (way.path in ENDS_SESSION or (way.method == "POST" and page)):
                continue
            status, text = await ask(browser.client, browser.url, way, browser.token, page)
            refused = status == 403 and "role may not" in text
            if (allowed and (refused or status >= 500)) or (not allowed and not refused):
                wrong.append(f"{role}: {way.method} {way.path}: {status} {text[:80]}")
    return wrong


async def strangers(browser: Browser, role: str, found: list[Way]) -> list[str]:
    """Who has the permission but not this lane or firm finds nothing there, and is not even told
    that it exists: the answer is that for an id of nothing.
    """
    wrong = []
    for way in found:
        if way.permission is None or not may(role, way.permission):
            continue
        status, text = await ask(browser.client, browser.url, way, browser.token, page=False)
        if status == 404:
            continue
        nothing = replace(way, path=way.unknown)
        asked = await ask(browser.client, browser.url, nothing, browser.token, page=False)
        if way.method == "GET" or (status, text) != asked or status < 400:
            wrong.append(f"stranger: {way.method} {way.path}: {status} {text[:80]}")
    return wrong


async def nobody(site: Site, found: list[Way]) -> list[str]:
    """Without a session pages lead to the sign-in, and nothing else answers."""
    wrong = []
    async with new_client() as client:
        for way in found:
            for page in (True, False):
                status, text = await ask(client, site.url, way, "", page)
                led = page and way.method == "GET"
                if (status, text if led else "") != ((303, "/sign-in") if led else (401, "")):
                    wrong.append(f"nobody: {way.method} {way.path}: {status} {text[:80]}")
    return wrong


async def locked(browser: Browser, found: list[Way]) -> list[str]:
    """Behind the lock screen nothing answers but unlocking and leaving."""
    wrong = []
    assert (await browser.post("/lock"))[0] == 200
    for way in found:
        if way.path in ALWAYS | {"/unlock"}:
            continue
        for page in (True, False):
            status, text = await ask(browser.client, browser.url, way, browser.token, page)
            if page and way.method == "GET":
                good = status == 303 and text.startswith("/unlock")
            else:
                good = status == 403 and (page or '"go": "/unlock"' in text)
            if not good:
                wrong.append(f"locked: {way.method} {way.path}: {status} {text[:80]}")
    return wrong


def new_client() -> ClientSession:
    return ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH)


async def read_to_the_end(stream: ClientResponse) -> None:
    while await stream.content.readline():
        pass
    raise ClientPayloadError("the stream was closed")


async def test_a_stream_ends_with_the_lock_screen(site: Site) -> None:
    async with new_client() as client:
        token = await enter(client, site.url, "ha")
        async with client.get(f"{site.url}/lanes/{LANE}/stream") as stream:
            await stream.content.readline()
            headers = {"X-CSRF-Token": token}
            async with client.post(f"{site.url}/lock", headers=headers) as answer:
                assert answer.status == 200
            async with asyncio.timeout(3):
                with pytest.raises((ClientPayloadError, ClientConnectionError)):
                    await read_to_the_end(stream)
