"""More people for the pages of supervisors: administrators, and people of two firms."""

from __future__ import annotations

from uuid import UUID, uuid4

from aiohttp import ClientSession, CookieJar

from gate.app.clock import Clock
from gate.store import users
from gate.web.auth import hash_password
from tests.web.conftest import ENGLISH, PASSWORD, Site

MORE = {"quan": "administrator", "minh": "administrator", "thu": "supervisor"}
FIRM_PEOPLE = {"fa": "firm_administrator", "fu": "firm_user", "fb": "firm_administrator"}
"""``fb`` is of another firm than ``fa`` and ``fu``."""
_HASHED = hash_password(PASSWORD)


async def add_more(site: Site) -> tuple[UUID, UUID]:
    """Add them; returns the ids of both firms."""
    firms = (uuid4(), uuid4())
    async with site.rig.database.transaction() as connection:
        for number, firm in enumerate(firms):
            await connection.execute(
                "INSERT INTO firms (id, name, tax_number, country) VALUES ($1, $2, $3, 'VN')",
                firm, f"Firm {number}", f"010000000{number}",
            )  # fmt: skip
        for name, role in {**MORE, **FIRM_PEOPLE}.items():
            firm_id = None if name in MORE else firms[name == "fb"]
            await users.add_user(
                connection, user=Clock().fresh(), name=name, full_name=f"{name.title()} Test",
                role=role, lanes=(), password_hash=_HASHED, demo=False, firm_id=firm_id,
            )  # fmt: skip
    return firms


class Browser:
    """A signed-in client: sends JSON with the token."""

    def __init__(self, client: ClientSession, url: str, token: str) -> None:
        self.client = client
        self.url = url
        self.token = token

    async def get(self, path: str) -> tuple[int, str]:
        async with self.client.get(self.url + path) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, **fields: object) -> tuple[int, dict[str, str]]:
        headers = {"X-CSRF-Token": self.token, "Accept": "application/json"}
        async with self.client.post(self.url + path, json=fields, headers=headers) as answer:
            return answer.status, await answer.json()

    async def aclose(self) -> None:
        await self.client.close()


async def enter(client: ClientSession, url: str, name: str) -> str:
    """Sign in and return the token, whatever page the role starts with."""
    form = {"name": name, "password": PASSWORD}
    async with client.post(f"{url}/sign-in", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
    return await token_on(client, f"{url}/account")


async def token_on(client: ClientSession, address: str) -> str:
    """The token against forged requests on a page."""
    async with client.get(address) as answer:
        page = await answer.text()
    return page.partition('name="csrf" content="')[2].partition('"')[0]


async def browser_of(site: Site, name: str) -> Browser:
    """Sign in as somebody."""
    client = ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH)
    return Browser(client, site.url, await enter(client, site.url, name))


SECOND = {"second_name": "thu", "second_password": PASSWORD}
"""The second person at once, in a form."""
