"""Behind a proxy each stranger has an own address, and nobody can choose one."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, CookieJar
from hypothesis import given
from hypothesis import strategies as st

from config.load import SettingsInvalid, load_settings
from config.networks import networks_of
from gate.web.proxies import client_address
from tests.web.conftest import ENGLISH, PASSWORD, Site

OURS = networks_of("10.0.0.5, 10.1.0.0/24, fd00::/8")
PROXIES = st.sampled_from(["10.0.0.5", "10.1.0.7", "fd00::1", "::ffff:10.0.0.5"])
STRANGERS = st.sampled_from(["203.0.113.9", "2001:db8::1", "10.0.0.6"])
ANYTHING = st.one_of(
    PROXIES, STRANGERS, st.sampled_from(["", "unknown", "1.2.3.4:80", "localhost"])
)


@given(
    claimed=st.lists(ANYTHING, max_size=4), client=STRANGERS, way=st.lists(PROXIES, max_size=3),
    peer=PROXIES,
)  # fmt: skip
def test_the_last_address_that_is_not_ours_counts_whatever_was_claimed(
    claimed: list[str], client: str, way: list[str], peer: str
) -> None:
    assert client_address(peer, ", ".join([*claimed, client, *way]), OURS) == client


@given(peer=STRANGERS, claimed=st.lists(ANYTHING, max_size=4))
def test_a_stranger_is_not_believed(peer: str, claimed: list[str]) -> None:
    assert client_address(peer, ",".join(claimed), OURS) == peer


@given(peer=PROXIES, claimed=st.lists(ANYTHING, max_size=3))
def test_without_trust_and_without_sense_the_peer_stays(peer: str, claimed: list[str]) -> None:
    assert client_address(peer, ",".join(claimed), ()) == peer
    assert client_address(peer, ",".join([*claimed, "unknown"]), OURS) == peer
    assert client_address(peer, "", OURS) == peer


def test_what_is_no_network_is_said_at_the_start() -> None:
    with pytest.raises(SettingsInvalid, match=r"10\.0\.0\.0/33"):
        load_settings(environment={"GATE_WEB__TRUSTED_PROXIES": "10.0.0.5, 10.0.0.0/33"})


@pytest.mark.asyncio(loop_scope="session")
async def test_one_strangers_wrong_passwords_lock_nobody_else_out(site: Site) -> None:
    service = site.rig.service
    web = service.settings.web.model_copy(update={"trusted_proxies": "127.0.0.1"})
    service.settings = service.settings.model_copy(update={"web": web})

    async def sign_in(heard: str, name: str, password: str) -> str:
        headers = {**ENGLISH, "X-Forwarded-For": heard}
        form = {"name": name, "password": password}
        async with (
            ClientSession(cookie_jar=CookieJar(unsafe=True), headers=headers) as client,
            client.post(f"{site.url}/sign-in", data=form, allow_redirects=False) as answer,
        ):
            return "in" if answer.status == 303 else await answer.text()

    for n in range(12):
        await sign_in(f"198.51.100.{n}, 203.0.113.9", f"nobody{n}", "wrong")
    assert "from your address" in await sign_in("203.0.113.9", "ha", PASSWORD)
    assert await sign_in("203.0.113.10", "ha", PASSWORD) == "in"
    (row,) = await site.rig.rows_of("SELECT address FROM sessions")
    assert row["address"] == "203.0.113.10"
