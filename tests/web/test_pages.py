"""The pages' guards: sign-in, roles and lanes, forged requests, headers; metrics and health."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar

from gate.app.clock import utc_now
from gate.store import watchlists
from schemas.capture import CameraRole, Trigger
from schemas.watchlist import WatchEntry, WatchKind
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import declare, until
from tests.ocr.drawn_documents import draw_zone, photograph
from tests.ocr.drawn_plates import as_jpeg
from tests.web.conftest import ENGLISH, PASSWORD, Site, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as made:
        yield made


async def test_nothing_is_shown_without_a_sign_in(site: Site, client: ClientSession) -> None:
    paths = ("/", "/lanes/lane-1", "/lanes/lane-1/stream", "/transits/x", f"/evidence/{'0' * 64}")
    for path in paths:
        async with client.get(site.url + path, allow_redirects=False) as answer:
            assert answer.status == 401, path
        page = {"Accept": "text/html"}
        async with client.get(site.url + path, headers=page, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/sign-in"), path


async def test_machines_need_no_sign_in_for_metrics_and_health(
    site: Site, client: ClientSession
) -> None:
    async with client.get(f"{site.url}/metrics") as answer:
        text = await answer.text()
    for wanted in (
        'gate_decisions_total{outcome="release"}',
        'gate_barrier_commands_total{result="accepted"}',
        "gate_database_up 1.0",
        'gate_mqtt_connected{client="captures"} 1.0',
        "gate_loop_lag_seconds_bucket",
        'gate_queue_depth{queue="reader"}',
    ):
        assert wanted in text
    async with client.get(f"{site.url}/healthz") as answer:
        assert answer.status == 200
    async with client.get(f"{site.url}/readyz") as answer:
        assert answer.status == 200
        assert (await answer.json())["ready"] is True


async def test_a_wrong_password_locks_the_account_for_a_while(
    site: Site, client: ClientSession
) -> None:
    wrong = {"name": "ha", "password": "wrong"}
    for _ in range(3):
        async with client.post(f"{site.url}/sign-in", data=wrong) as answer:
            assert answer.status == 403
    right = {"name": "ha", "password": PASSWORD}
    async with client.post(f"{site.url}/sign-in", data=right) as answer:
        assert answer.status == 403
        assert "locked" in await answer.text()


async def test_demonstration_users_can_not_sign_in_outside_the_demonstration(
    site: Site, client: ClientSession
) -> None:
    form = {"name": "demo", "password": PASSWORD}
    async with client.post(f"{site.url}/sign-in", data=form) as answer:
        assert answer.status == 403


async def test_an_officer_sees_only_his_lanes(site: Site, client: ClientSession) -> None:
    await site.rig.show(picture_of(FRONT))
    rows = await until(
        lambda: site.rig.rows_of(
            "SELECT sha256, transit_id FROM captures WHERE transit_id > $1", ZERO
        ),
        what="the capture belongs to its transit",
    )
    await signed_in(client, site.url, "lan")
    hidden = (
        "/lanes/lane-1", "/lanes/lane-1/stream", f"/evidence/{rows[0]['sha256']}",
        f"/transits/{rows[0]['transit_id']}",
    )  # fmt: skip
    for path in hidden:
        async with client.get(site.url + path) as answer:
            assert answer.status == 404, path
    await signed_in(client, site.url, "ha")
    for path in (hidden[0], *hidden[2:]):
        async with client.get(site.url + path) as answer:
            assert answer.status == 200, path


ZERO = "00000000-0000-0000-0000-000000000000"


async def test_requests_that_another_site_forges_are_refused(
    site: Site, client: ClientSession
) -> None:
    token = await signed_in(client, site.url)
    act = {"action": "hold", "transit": ZERO, "note": "forged"}
    for headers in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": token, "Origin": "http://evil"}):
        async with client.post(
            f"{site.url}/lanes/lane-1/acts", json=act, headers=headers
        ) as answer:
            assert answer.status == 403, headers
    honest = {"X-CSRF-Token": token}
    async with client.post(f"{site.url}/lanes/lane-1/acts", json=act, headers=honest) as answer:
        assert answer.status == 409


async def test_a_role_that_only_looks_can_not_act(site: Site, client: ClientSession) -> None:
    token = await signed_in(client, site.url, "bao")
    act = {"action": "hold", "transit": ZERO, "note": "no officer"}
    headers = {"X-CSRF-Token": token}
    async with client.post(f"{site.url}/lanes/lane-1/acts", json=act, headers=headers) as answer:
        assert answer.status == 403
        assert "role may not" in (await answer.json())["error"]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"action": "fly", "transit": "x"}', "null"])
async def test_nonsense_is_answered_in_words(site: Site, client: ClientSession, body: str) -> None:
    token = await signed_in(client, site.url)
    headers = {"X-CSRF-Token": token, "Content-Type": "application/json"}
    async with client.post(f"{site.url}/lanes/lane-1/acts", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert "needs action" in (await answer.json())["error"]


@pytest.mark.parametrize("path", ["/transits/none", "/alarms/none/acknowledge", "/nothing"])
async def test_unknown_addresses_are_not_found(
    site: Site, client: ClientSession, path: str
) -> None:
    token = await signed_in(client, site.url)
    method = "POST" if "alarms" in path else "GET"
    headers = {"X-CSRF-Token": token}
    async with client.request(method, site.url + path, headers=headers) as answer:
        assert answer.status == 404


async def test_every_answer_carries_the_safety_headers(site: Site, client: ClientSession) -> None:
    for path in ("/sign-in", "/metrics", "/nothing"):
        async with client.get(site.url + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe-inline" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_signing_out_ends_the_session(site: Site, client: ClientSession) -> None:
    token = await signed_in(client, site.url)
    async with client.post(f"{site.url}/sign-out", headers={"X-CSRF-Token": token}) as answer:
        assert answer.status == 200
    async with client.get(f"{site.url}/lanes/lane-1") as answer:
        assert answer.status == 401


async def first_snapshot(client: ClientSession, url: str) -> str:
    """The first snapshot of the lane's stream, as text."""
    async with client.get(f"{url}/lanes/lane-1/stream") as answer:
        async for line in answer.content:
            if line.startswith(b"data: {") and len(line) > 20:
                return line.decode()
    raise AssertionError("the stream ended")


async def test_a_watchlist_hit_is_shown_to_the_supervisor_alone(
    site: Site, client: ClientSession
) -> None:
    await declare(site.rig.database, "14C12345", "14R01234")
    entry = WatchEntry(
        id=UUID(int=5), kind=WatchKind.PLATE, value="14C12345", reason="smuggling case 77",
        by="anh", since=utc_now(), until=utc_now() + timedelta(days=30),
    )  # fmt: skip
    async with site.rig.database.transaction() as connection:
        await watchlists.add(connection, entry, "viet")
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await until(lambda: site.rig.phase == "with_officer", what="the truck is referred")
    transit = site.rig.service.lanes["lane-1"].state.transit

    await signed_in(client, site.url, "ha")
    plain = await first_snapshot(client, site.url)
    async with client.get(f"{site.url}/transits/{transit}") as answer:
        page = await answer.text()
    await signed_in(client, site.url, "anh")
    whole = await first_snapshot(client, site.url)

    assert "REFERRED" in plain
    assert "WATCHLIST" not in plain
    assert "WATCHLIST" not in page
    assert "smuggling" not in plain + page
    assert "WATCHLIST_PLATE" in whole


async def test_a_zone_that_looks_like_markup_is_shown_as_text(
    site: Site, client: ClientSession
) -> None:
    zone = (
        "P<UTOSCRIPT<<ALERT<SCRIPT<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )
    camera = await site.rig.add_camera("cam-document", CameraRole.DOCUMENT)
    await camera.submit(as_jpeg(photograph(draw_zone(zone), seed=2)), Trigger.MANUAL)
    rows = await until(
        lambda: site.rig.rows_of("SELECT transit_id FROM captures WHERE status = 'read'"), 40
    )
    await signed_in(client, site.url, "ha")

    async with client.get(f"{site.url}/transits/{rows[0]['transit_id']}") as answer:
        page = await answer.text()

    assert "P&lt;UTOSCRIPT&lt;&lt;ALERT" in page
    assert "<SCRIPT" not in page.upper().replace("<SCRIPT TYPE", "")
