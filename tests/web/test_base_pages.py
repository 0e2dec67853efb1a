"""What every page has: languages, menu by role, fonts of this machine, access by permission."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from gate.core.permissions import Permission
from gate.web.access import needs, permission_of
from gate.web.guard import is_open
from gate.web.server import application
from tests.web.axe import violations
from tests.web.conftest import ENGLISH, PASSWORD, Site, photograph, signed_in
from tests.web.speaking import speak

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_route_names_its_permission_or_is_open(site: Site) -> None:
    app = application(site.rig.service, demo=False)
    unmarked = sorted(
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.resource is not None
        and not is_open(route.resource.canonical)
        and permission_of(route.handler) is None
    )
    assert unmarked == []


@pytest.mark.parametrize(
    ("language", "heading"), [("vi", "Cửa khẩu"), ("zh", "口岸"), ("en", "Border gate")]
)
async def test_the_sign_in_page_speaks_the_browsers_language(
    site: Site, language: str, heading: str
) -> None:
    async with (
        ClientSession(headers={"Accept-Language": f"fr, {language}-XX;q=0.8"}) as client,
        client.get(f"{site.url}/sign-in") as answer,
    ):
        assert heading in await answer.text()
        assert answer.headers["Content-Language"] == language


async def test_a_fault_of_ours_is_an_answer_in_words(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    @needs(Permission.ACCOUNT)
    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("a fault for this test")

    app = application(site.rig.service, demo=False)
    app.router.add_get("/broken", broken)
    async with TestServer(app) as server:
        base = str(server.make_url("")).rstrip("/")
        async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
            await signed_in(client, base)
            async with client.get(f"{base}/broken", headers={"Accept": "text/html"}) as page:
                assert page.status == 500
                assert "it was noted" in await page.text()
            async with client.get(f"{base}/broken") as answer:
                assert (await answer.json())["status"] == 500
    assert "a fault for this test" in caplog.text


async def test_the_language_can_be_switched_and_is_kept(site: Site) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        form = {"language": "zh", "back": "//elsewhere.example/"}
        async with client.post(f"{site.url}/language", data=form) as answer:
            assert answer.url.host == "127.0.0.1"
        async with client.get(f"{site.url}/sign-in") as answer:
            assert "口岸" in await answer.text()


async def test_the_menu_shows_what_the_role_may(site: Site) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        await signed_in(client, site.url, "ha")
        async with client.get(f"{site.url}/lanes") as answer:
            text = await answer.text()
    assert 'href="/lanes"' in text
    assert 'href="/policy"' not in text


@pytest.mark.browser
@pytest.mark.parametrize("language", ["vi", "zh", "en"])
async def test_signing_in_works_in_each_language_without_a_violation(
    site: Site, page: Page, language: str
) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{site.url}/sign-in")
    await speak(page, language)
    assert await violations(page) == []
    await photograph(page, f"sign-in-phone-{language}")
    await page.fill("#name", "ha")
    await page.fill("#password", PASSWORD)
    await page.click("button.primary")
    await expect(page).to_have_url(f"{site.url}/lanes")
    # Asked to load, not whether it is there: the page may have been reached before its font.
    assert await page.evaluate(
        "document.fonts.load('16px \"Inter Variable\"').then(f => f.map(face => face.status))"
    ) == ["loaded"]
