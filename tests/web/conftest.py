"""The pages over a running lane, and a real browser to look at them."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from playwright.async_api import Browser, Page, async_playwright, expect

from devices.broker import EmbeddedBroker
from gate.app.clock import Clock
from gate.store import users
from gate.web.auth import SignIn, hash_password
from gate.web.keys import SIGN_IN
from gate.web.server import serve
from ocr.pool import ReaderPool
from tests.gate.rig import Rig, rig

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "river-lotus-stone-42"
PEOPLE = {"ha": "officer", "viet": "shift_lead", "anh": "supervisor", "bao": "operations"}
ENGLISH = {"Accept-Language": "en"}
expect.set_options(timeout=15_000)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


class Site:
    """The running pages."""

    def __init__(self, made: Rig) -> None:
        self.rig = made
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def sign_in(self) -> SignIn:
        """What signs people in, for tests that change its settings."""
        assert self._runner is not None
        assert self._runner.app is not None
        return self._runner.app[SIGN_IN]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen, after a stop on the same port as before."""
        settings = self.rig.service.settings
        self.rig.service.settings = settings.model_copy(
            update={"web": settings.web.model_copy(update={"port": self.port})}
        )
        self._runner = await serve(self.rig.service, demo=False)
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening; connections break."""
        if self._runner is not None:
            await self._runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def site(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Site]:
    pages = {"port": 0, "sign_in_attempts": 3, "lockout_s": 60, "second_factor": "offered"}
    async with rig(tmp_path, database_url, broker.port, readers, web=pages) as made:
        await add_people(made)
        running = Site(made)
        await running.start()
        await made.add_all()
        yield running
        await running.stop()


async def add_people(made: Rig) -> None:
    """One user a role; ``lan`` is an officer of another lane, ``demo`` a demonstration user."""
    hashed = hash_password(PASSWORD)
    async with made.database.transaction() as connection:
        rows: list[tuple[str, str, tuple[str, ...], bool]] = [
            *((name, role, (), False) for name, role in PEOPLE.items()),
            ("lan", "officer", ("lane-9",), False),
            ("demo", "officer", (), True),
        ]
        for name, role, lanes, demo in rows:
            await users.add_user(
                connection, user=Clock().fresh(), name=name, full_name=f"{name.title()} Test",
                role=role, lanes=lanes, password_hash=hashed, demo=demo,
            )  # fmt: skip


async def signed_in(client: ClientSession, url: str, name: str = "ha") -> str:
    """Sign in and return the token against forged requests."""
    form = {"name": name, "password": PASSWORD}
    async with client.post(f"{url}/sign-in", data=form) as answer:
        page = await answer.text()
        assert answer.status == 200, page
    return page.partition('name="csrf" content="')[2].partition('"')[0]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium could not be installed (see make test)")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, site: Site) -> AsyncIterator[Page]:
    """A page at desktop size that fails the test on any script error or foreign request."""
    context = await browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
    made = await context.new_page()
    made.set_default_timeout(10_000)
    problems: list[str] = []
    made.on("pageerror", lambda error: problems.append(str(error)))
    made.on("console", lambda said: problems.append(said.text) if _bad(said) else None)
    made.on("request", lambda asked: problems.append(asked.url) if _foreign(asked) else None)
    yield made
    await context.close()
    assert problems == []


def _bad(said: Any) -> bool:
    expected = ("409", "403", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING")
    return said.type == "error" and not any(word in said.text for word in expected)


def _foreign(asked: Any) -> bool:
    return not asked.url.startswith(("http://127.0.0.1:", "data:", "blob:"))


async def photograph(page: Page, name: str) -> None:
    """Keep a screenshot in the build folder, for people to look at."""
    folder = Path(os.environ.get("SCREENSHOTS", "build/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=folder / f"{name}.png", full_page=False)
