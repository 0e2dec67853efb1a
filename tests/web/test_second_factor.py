"""Sign-in in steps, the second factor, fresh proof, the lock screen, one's own account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pyotp
import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar

from gate.app.clock import Clock, utc_now
from gate.app.people import NewPerson, People
from gate.store import people
from gate.store.vaulted import place_of_user
from tests.web.conftest import ENGLISH, PASSWORD, Site
from tests.web.supervisor_people import Browser, add_more, browser_of, token_on

pytestmark = pytest.mark.asyncio(loop_scope="session")
OTHER = "copper-meadow-tiger-81"


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as made:
        yield made


async def secret_of(site: Site, name: str, column: str = "totp_secret") -> str:
    (row,) = await site.rig.rows_of(f"SELECT id, {column} AS s FROM users WHERE name = $1", name)
    return site.rig.service.vault.unlock_text(place_of_user(row["id"]), row["s"])


async def sign_in(client: ClientSession, site: Site, name: str, password: str = PASSWORD) -> str:
    """Where the sign-in leads."""
    form = {"name": name, "password": password}
    async with client.post(f"{site.url}/sign-in", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"]


async def send(client: ClientSession, site: Site, path: str, **form: str) -> tuple[int, str, str]:
    """A plain form with its token: status, where to, text."""
    csrf = await token_on(client, f"{site.url}{path}")
    data = {"csrf": csrf, **form}
    async with client.post(f"{site.url}{path}", data=data, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


def require(site: Site) -> None:
    """From here on the settings ask for a second factor."""
    sign_in_of = site.sign_in
    sign_in_of._settings = sign_in_of._settings.model_copy(update={"second_factor": "required"})


async def test_from_the_first_password_to_the_second_factor_and_back_in(
    site: Site, client: ClientSession
) -> None:
    require(site)
    people_of = People(site.rig.database, Clock())
    given = await people_of.add(
        NewPerson(name="moi", full_name="Moi Test", role="supervisor"), by="test"
    )
    assert await sign_in(client, site, "moi", given) == "/sign-in/password"
    # Nothing else answers before.
    async with client.get(f"{site.url}/lanes", headers={"Accept": "text/html"}) as answer:
        assert answer.url.path == "/sign-in/password"
    async with client.get(f"{site.url}/lanes") as answer:
        assert (answer.status, (await answer.json())["go"]) == (403, "/sign-in/password")

    for bad in ("short", "password123456", "moi-moi-moi-moi", given):
        status, _to, text = await send(
            client, site, "/sign-in/password", old=given, new=bad, again=bad
        )
        assert (status, 'role="alert"' in text) == (409, True), bad
    status, to, _text = await send(
        client, site, "/sign-in/password", old=given, new=OTHER, again=OTHER
    )
    assert (status, to) == (303, "/sign-in/second-factor")

    async with client.get(f"{site.url}/sign-in/second-factor") as answer:
        page = await answer.text()
    assert 'src="data:image/svg+xml' in page
    secret = await secret_of(site, "moi", "totp_pending")
    status, _to, text = await send(client, site, "/sign-in/second-factor", code="000000")
    assert status == 403
    code = pyotp.TOTP(secret).now()
    status, _to, text = await send(client, site, "/sign-in/second-factor", code=code)
    assert status == 200
    recovery = text.partition('<ul class="codes">')[2].partition("<code>")[2].partition("<")[0]
    async with client.get(f"{site.url}/lanes") as answer:
        assert answer.status == 200

    client.cookie_jar.clear()
    assert await sign_in(client, site, "moi", OTHER) == "/sign-in/code"
    async with client.get(f"{site.url}/lanes") as answer:
        assert answer.status == 403
    # The code that set it up is used up; the recovery code works once.
    assert (await send(client, site, "/sign-in/code", code=code))[0] == 403
    assert (await send(client, site, "/sign-in/code", code=recovery))[:2] == (303, "/")
    async with client.get(f"{site.url}/lanes") as answer:
        assert answer.status == 200
    client.cookie_jar.clear()
    await sign_in(client, site, "moi", OTHER)
    assert (await send(client, site, "/sign-in/code", code=recovery))[0] == 403


async def with_code(site: Site, name: str) -> str:
    """Give a person a second factor; returns its secret."""
    secret = pyotp.random_base32()
    async with site.rig.database.connection() as connection:
        user = await connection.fetchval("SELECT id FROM users WHERE name = $1", name)
        locked = site.rig.service.vault.lock_text(place_of_user(user), secret)
        await connection.execute("UPDATE users SET totp_secret = $2 WHERE id = $1", user, locked)
    return secret


async def test_a_code_works_once_and_wrong_codes_lock_the_account(
    site: Site, client: ClientSession
) -> None:
    secret = await with_code(site, "anh")
    code = pyotp.TOTP(secret).now()
    await sign_in(client, site, "anh")
    assert (await send(client, site, "/sign-in/code", code=code))[0] == 303
    client.cookie_jar.clear()
    await sign_in(client, site, "anh")
    assert (await send(client, site, "/sign-in/code", code=code))[0] == 403
    # Passwords that are right in between do not set the count back: it is 1 now.
    client.cookie_jar.clear()
    await sign_in(client, site, "anh")
    for _ in range(2):
        status, _to, text = await send(client, site, "/sign-in/code", code="123456")
        assert status == 403
    later = pyotp.TOTP(secret).at(utc_now() + timedelta(seconds=30))
    status, _to, text = await send(client, site, "/sign-in/code", code=later)
    assert status == 403
    assert "locked" in text


async def test_parallel_guesses_are_counted_one_by_one(site: Site) -> None:
    await with_code(site, "anh")
    (row,) = await site.rig.rows_of("SELECT id FROM users WHERE name = 'anh'")
    user = await people.one(site.rig.database, row["id"])
    assert user is not None
    guesses = [site.sign_in.verify_code(user, f"{n:06d}", f"10.0.0.{n}") for n in range(40)]
    refused = [str(e) for e in await asyncio.gather(*guesses, return_exceptions=True)]
    assert sum("locked" in text for text in refused) == 37


async def test_what_matters_asks_for_a_fresh_code(site: Site, client: ClientSession) -> None:
    await add_more(site)
    quan = await browser_of(site, "quan")
    new = {"name": "neu", "full_name": "Neu Test", "role": "officer"}
    async with site.rig.database.connection() as connection:
        await connection.execute("UPDATE sessions SET strong_at = now() - interval '11 minutes'")
    status, answer = await quan.post("/users", **new)
    assert (status, "password again" in answer["error"]) == (403, True)
    assert (await quan.post("/users", **new, proof="wrong"))[0] == 403
    status, answer = await quan.post("/users", **new, proof=PASSWORD)
    assert status == 200
    assert answer["once"].startswith("neu ")
    await quan.aclose()


async def test_the_lock_screen_hides_all_until_the_password(
    site: Site, client: ClientSession
) -> None:
    browser = await browser_of(site, "ha")
    assert (await browser.post("/lock"))[0] == 200
    status, text = await browser.get("/lanes")
    assert status == 403
    client = browser.client
    status, _to, text = await send(client, site, "/unlock", password="wrong", back="/lanes/lane-1")
    assert status == 403
    assert "Lanes" not in text.partition("<main")[0]
    assert (await send(client, site, "/unlock", password=PASSWORD, back="//evil.example"))[1] == "/"
    assert (await browser.get("/lanes"))[0] == 200
    await browser.aclose()


async def test_who_idles_gets_the_lock_screen_and_a_firms_session_ends(site: Site) -> None:
    await add_more(site)
    ha, firm = await browser_of(site, "ha"), await browser_of(site, "fu")
    async with site.rig.database.connection() as connection:
        await connection.execute("UPDATE sessions SET seen_at = now() - interval '31 minutes'")
    assert (await ha.get("/lanes"))[0] == 403
    assert (await ha.get("/lanes"))[0] == 403
    assert (await firm.get("/account"))[0] == 401
    for browser in (ha, firm):
        await browser.aclose()


async def test_a_new_password_ends_the_other_sessions_and_one_can_end_them_oneself(
    site: Site,
) -> None:
    here, there, third = [await browser_of(site, "bao") for _ in range(3)]
    wanted = await site.rig.rows_of("SELECT id FROM sessions ORDER BY created_at DESC LIMIT 1")
    assert (await here.post(f"/account/sessions/{wanted[0]['id']}/end"))[0] == 200
    assert (await third.get("/account"))[0] == 401
    other = await browser_of(site, "ha")
    assert (await other.post(f"/account/sessions/{wanted[0]['id']}/end"))[0] == 404
    passwords = {"old": PASSWORD, "new": OTHER, "again": OTHER}
    assert (await here.post("/account/password", **{**passwords, "old": "x"}))[0] == 403
    assert (await here.post("/account/password", **passwords))[0] == 200
    assert (await here.get("/account"))[0] == 200
    assert (await there.get("/account"))[0] == 401
    status, _answer = await here.post("/account", full_name="Bảo <b>", language="vi")
    assert status == 200
    assert "Bảo &lt;b&gt;" in (await here.get("/account"))[1]
    for browser in (here, there, third, other):
        await browser.aclose()


async def test_a_second_person_with_a_second_factor_must_give_a_code(site: Site) -> None:
    await add_more(site)
    secret = await with_code(site, "thu")
    anh: Browser = await browser_of(site, "anh")
    entry = {"kind": "plate", "value": "14C-123.45", "reason": "case 12/26", "days": "30",
             "second_name": "thu", "second_password": PASSWORD}  # fmt: skip
    assert (await anh.post("/watchlists", **entry))[0] == 403
    code = pyotp.TOTP(secret).now()
    assert (await anh.post("/watchlists", **entry, second_code=code))[0] == 200
    (row,) = await site.rig.rows_of("SELECT value, by, second FROM watchlist")
    assert (row["value"], row["by"], row["second"]) == ("14C12345", "anh", "thu")
    await anh.aclose()


async def test_a_secret_that_an_earlier_session_saw_is_never_set_up(
    site: Site, client: ClientSession
) -> None:
    seen = []
    for _ in range(2):
        client.cookie_jar.clear()
        await sign_in(client, site, "ha")
        for _again in range(2):  # the page loaded anew shows the same
            async with client.get(f"{site.url}/account/second-factor") as answer:
                assert answer.status == 200
            seen.append(await secret_of(site, "ha", "totp_pending"))
    assert seen[0] == seen[1]
    assert seen[2] == seen[3]
    assert seen[0] != seen[2]


async def test_who_has_only_a_first_password_is_no_second_person(site: Site) -> None:
    people_of = People(site.rig.database, Clock())
    new = NewPerson(name="moi", full_name="Moi Test", role="supervisor")
    given = await people_of.add(new, by="tool/root", on_machine=True)
    anh = await browser_of(site, "anh")
    entry = {"kind": "plate", "value": "14C99999", "reason": "case 9/26", "days": "30"}
    second = {"second_name": "moi", "second_password": given}
    status, said = await anh.post("/watchlists", **entry, **second)
    assert (status, "choose a password" in said["error"]) == (403, True)
    await anh.aclose()
