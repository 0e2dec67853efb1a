"""What supervisors and administrators do, over the running service: each by two where it must."""

from __future__ import annotations

import re
from dataclasses import replace

import asyncpg
import pytest

from config.policy_file import SHIPPED, load_policy, policy_from
from gate.app.clock import Clock, utc_now
from gate.app.policies import put_in_force
from gate.store import policy_acts
from gate.store.users import add_user
from gate.web.auth import hash_password
from schemas.topics import Channel, Topic
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import LANE, SITE, declare, until
from tests.web.conftest import PASSWORD, Site
from tests.web.supervisor_people import SECOND, add_more, browser_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
STRICT = re.sub(r"(?m)^version = \d+$", "version = 77", SHIPPED.read_text("utf-8")).replace(
    "require = []", 'require = ["document"]'
)


async def test_a_watchlist_entry_from_proposal_to_hit_to_end(site: Site) -> None:
    await add_more(site)
    anh, viet, ha = [await browser_of(site, name) for name in ("anh", "viet", "ha")]
    entry = {"kind": "plate", "value": "14c-123.45", "reason": "case 9/26", "days": "30"}
    for bad in ({"days": "366"}, {"value": "1"}, {"kind": "x"}, {"reason": ""},
                {"kind": "container", "value": "CSQU3054384"}, {"kind": "firm", "value": "9"},
                {"second_name": "anh", "second_password": PASSWORD},
                {"second_name": "ha", "second_password": PASSWORD}):  # fmt: skip
        status, answer = await anh.post("/watchlists", **{**entry, **bad})
        assert status == 409, (bad, answer)
    assert (await ha.get("/approvals"))[0] == 403
    status, answer = await anh.post("/watchlists", **entry)
    assert (status, answer["go"]) == (200, "/approvals")
    (row,) = await site.rig.rows_of(
        "SELECT id FROM proposals WHERE state='open' ORDER BY at DESC LIMIT 1"
    )
    path = f"/approvals/{row['id']}"
    assert (await anh.post(f"{path}/confirm"))[0] == 409
    assert await site.rig.count("SELECT count(*) FROM watchlist") == 0
    assert "14C12345" in (await viet.get("/approvals"))[1]
    assert (await viet.post(f"{path}/confirm"))[0] == 200
    assert (await viet.post(f"{path}/confirm"))[0] == 409

    await declare(site.rig.database, "14C12345", "14R01234")
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await until(lambda: site.rig.phase == "with_officer", what="the truck is referred")
    (listed,) = await site.rig.rows_of("SELECT id, by, second FROM watchlist")
    assert (listed["by"], listed["second"]) == ("anh", "viet")
    await until(lambda: site.rig.count("SELECT count(*) FROM watchlist_hits"))
    page = (await anh.get(f"/watchlists/{listed['id']}"))[1]
    assert "14C12345" in page.partition("Hits")[2]

    assert (await anh.post(f"/watchlists/{listed['id']}/renew", days="365", **SECOND))[0] == 200
    rows = await site.rig.rows_of("SELECT id, renews, ended_at FROM watchlist ORDER BY since")
    assert rows[0]["ended_at"] is not None
    assert rows[1]["renews"] == rows[0]["id"]
    assert (await anh.post(f"/watchlists/{rows[1]['id']}/end", **SECOND))[0] == 200
    assert (await anh.post(f"/watchlists/{rows[1]['id']}/end", **SECOND))[0] == 409
    for browser in (anh, viet, ha):
        await browser.aclose()


async def test_a_policy_put_in_force_by_two_decides_the_next_truck_without_a_restart(
    site: Site,
) -> None:
    await add_more(site)
    service = site.rig.service
    anh = await browser_of(site, "anh")
    bad = STRICT.replace("plate_min = 0.5", 'plate_min = "much"\nplaet_max = 1')
    status, answer = await anh.post("/policy/check", toml=bad)
    assert not answer["good"]
    assert any("plaet_max" in problem for problem in answer["problems"])
    assert "line" in (await anh.post("/policy/check", toml="a = = 1"))[1]["problems"][0]
    anh.client.cookie_jar.update_cookies({"language": "vi"})
    (told,) = (await anh.post("/policy/check", toml="a = = 1"))[1]["problems"]
    assert told.startswith("không phải TOML ở dòng 1, cột 5")
    anh.client.cookie_jar.update_cookies({"language": "en"})
    assert (await anh.post("/policy/check", toml=STRICT))[1]["version"] == 77

    await declare(site.rig.database, "14C12345", "14R01234")
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await site.rig.drive_through()
    await until(lambda: site.rig.phase == "idle", what="released under the policy of before")
    status, preview = await anh.post("/policy/preview", toml=STRICT, days="7")
    assert status == 200
    assert preview["changed"] >= 1
    assert preview["moves"][0]["before"] == "Release"

    note = {"toml": STRICT, "note": "documents for all"}
    assert (await anh.post("/policy", **note))[0] == 200  # proposed only
    assert service.decider.policy.version != 77
    assert (await anh.post("/policy", **note, **SECOND))[0] == 200
    assert service.decider.policy.version == 77
    (row,) = await site.rig.rows_of("SELECT id FROM proposals WHERE state = 'open'")
    viet = await browser_of(site, "viet")
    assert (await viet.post(f"/approvals/{row['id']}/confirm"))[0] == 409  # it changed meanwhile

    await declare(site.rig.database, "14C12345", "14R01234")
    await site.rig.show(picture_of(FRONT, seed=3), picture_of(REAR, seed=4))
    await until(lambda: site.rig.phase == "with_officer", what="held for want of a document")
    rows = await site.rig.rows_of(
        "SELECT policy_hash, inputs->>'policy' AS named FROM decisions ORDER BY at DESC LIMIT 1"
    )
    assert rows[0]["policy_hash"] == rows[0]["named"] == service.decider.policy_hash

    # It survives a restart, unless the file says something new.
    kept = await put_in_force(site.rig.database, load_policy(), utc_now(), "x")
    assert kept.version == 77
    newer = policy_from({"name": "newer", "version": 78})
    assert (await put_in_force(site.rig.database, newer, utc_now(), "x")).version == 78
    last = await policy_acts.last(site.rig.database)
    assert last is not None
    assert last["source"] == "file"
    # The running service follows what another process put in force.
    await until(lambda: service.decider.policy.version == 78, 5, "the policy is followed")
    for browser in (anh, viet):
        await browser.aclose()


async def test_administrators_add_change_and_help_people_but_never_lock_themselves_out(
    site: Site,
) -> None:
    await add_more(site)
    quan = await browser_of(site, "quan")
    new = {"name": "neu", "full_name": "Neu Test", "role": "officer", "lanes": LANE}
    for bad in ({"name": "Ü"}, {"full_name": ""}, {"role": "king"}, {"lanes": "lane-77"},
                {"name": "ha"}, {"role": "firm_user"}):  # fmt: skip
        status, answer = await quan.post("/users", **{**new, **bad})
        assert status == 409, (bad, answer)
    status, answer = await quan.post("/users", **new)
    assert status == 200
    password = answer["once"].partition(" ")[2]
    assert len(password) == 19

    async def user(name: str) -> str:
        return str((await site.rig.rows_of("SELECT id FROM users WHERE name = $1", name))[0]["id"])

    own = {"full_name": "Quan", "role": "operations", "active": "on"}
    status, answer = await quan.post(f"/users/{await user('quan')}", **own)
    assert (status, "another one must" in answer["error"]) == (409, True)
    assert (await quan.post(f"/users/{await user('minh')}", **own))[0] == 200
    ha = await browser_of(site, "ha")
    stop = {"full_name": "Ha", "role": "officer"}
    assert (await quan.post(f"/users/{await user('ha')}", **stop))[0] == 200
    assert (await ha.get("/lanes"))[0] == 401
    assert (await quan.post(f"/users/{await user('fu')}", full_name="F", role="officer"))[0] == 409
    assert (await quan.post(f"/users/{await user('anh')}/second-factor"))[0] == 200
    assert (await quan.post(f"/users/{await user('quan')}/second-factor"))[0] == 409
    assert (await quan.post(f"/users/{await user('anh')}/password"))[1]["once"].startswith("anh ")
    page = (await quan.get("/audit"))[1]
    for words in ("User added", "User changed", "Second factor reset", "First password given"):
        assert words in page
    for browser in (quan, ha):
        await browser.aclose()


async def test_a_device_changes_to_its_new_key_and_the_old_one_is_worth_nothing(site: Site) -> None:
    await add_more(site)
    quan = await browser_of(site, "quan")
    status, answer = await quan.post(f"/devices/{LANE}/loop-entry/key")
    assert (status, "once" in answer) == (200, False)  # waits for the second person
    status, answer = await quan.post(f"/devices/{LANE}/loop-entry/key", **SECOND)
    key_id, _space, secret = answer["once"].partition(" ")
    assert key_id == f"{LANE}.loop-entry.2"
    old = site.rig.rows["loop-entry"]
    register = site.rig.service.register
    seen = (await site.rig.rows_of("SELECT last_seen FROM devices WHERE id='loop-entry'"))[0]
    assert register.device(LANE, "loop-entry").key_id == old.key_id  # and it still may speak
    site.rig.rows["loop-entry"] = replace(old, key_id=key_id, secret=bytes.fromhex(secret))
    await site.rig.add_loop()
    await until(lambda: register.device(LANE, "loop-entry").key_id == key_id, what="the key in use")
    await register.refresh()
    rows = await site.rig.rows_of("SELECT key_id, next_key_id FROM devices WHERE id = 'loop-entry'")
    assert (rows[0]["key_id"], rows[0]["next_key_id"]) == (key_id, "")
    assert (await site.rig.rows_of("SELECT last_seen FROM devices WHERE id='loop-entry'"))[
        0
    ] != seen
    topic = Topic(site=SITE, lane=LANE, device="loop-entry", channel=Channel.STATUS)
    assert register.find_secret(topic, old.key_id) is None
    assert register.find_secret(topic, key_id) == bytes.fromhex(secret)
    assert (await quan.post(f"/devices/{LANE}/loop-entry/retire", **SECOND))[0] == 200
    assert register.device(LANE, "loop-entry") is None
    assert (await quan.post(f"/devices/{LANE}/loop-entry/retire", **SECOND))[0] == 404
    again = {"lane": LANE, "device": "loop-entry", "kind": "loop"}
    status, answer = await quan.post("/devices", **again, **SECOND)
    assert answer["once"].startswith(f"{LANE}.loop-entry.3 ")
    lane = {"lane": "lane-5", "name": "Làn 5", "direction": "import"}
    assert (await quan.post("/devices/lanes", **lane))[0] == 200
    assert (await quan.post("/devices/lanes", **lane))[0] == 409
    assert (await quan.post("/devices/lanes/lane-5", name="Làn năm"))[0] == 200
    assert "Làn năm" in (await quan.get("/devices"))[1]
    await until(lambda: "lane-5" in site.rig.service.lanes, 15, "the lane is run")
    await quan.aclose()


async def test_looks_at_persons_are_on_record_for_those_who_watch(site: Site) -> None:
    await add_more(site)
    anh, quan = await browser_of(site, "anh"), await browser_of(site, "quan")
    await site.rig.show(picture_of(FRONT))
    rows = await until(
        lambda: site.rig.rows_of("SELECT id FROM transits"), what="there is a transit"
    )
    transit = rows[0]["id"]
    assert (await anh.get(f"/transits/{transit}?why=case+5"))[0] == 200
    status, page = await anh.get("/search?plate=14C&person=Tran&why=file+8")
    assert status == 200
    page = (await quan.get("/audit/access"))[1]
    for words in (str(transit), "case 5", "Search for a person", "Tran", "file 8"):
        assert words in page
    assert str(transit) in (await quan.get("/audit/access?actor=anh"))[1]
    assert str(transit) not in (await quan.get("/audit/access?actor=viet"))[1]
    for browser in (anh, quan):
        await browser.aclose()


async def test_the_proof_of_a_transit_tells_the_truth(site: Site, database_url: str) -> None:
    await add_more(site)
    await declare(site.rig.database, "14C12345", "14R01234")
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await site.rig.drive_through()
    await until(lambda: site.rig.phase == "idle", what="the truck has gone")
    anh = await browser_of(site, "anh")
    (row,) = await site.rig.rows_of("SELECT id FROM transits ORDER BY began_at LIMIT 1")
    page = (await anh.get(f"/transits/{row['id']}/proof"))[1]
    for words in ("Nothing was changed", "the same again", "as it was taken", "no signed anchor"):
        assert words in page, words
    assert f'href="/transits/{row["id"]}"' in page
    assert 'href="/evidence/' in page
    quan = await browser_of(site, "quan")
    plain = (await quan.get(f"/transits/{row['id']}/proof"))[1]
    await quan.aclose()
    assert "Nothing was changed" in plain
    # An administrator may not see persons: no link leads where the answer would be no.
    assert f'href="/transits/{row["id"]}"' not in plain
    assert 'href="/evidence/' not in plain
    (shot,) = await site.rig.rows_of(
        "SELECT sha256 FROM captures WHERE transit_id = $1 AND role = 'front'", row["id"]
    )
    file = site.rig.service.evidence.path(shot["sha256"])
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b"x")
    owner = await asyncpg.connect(database_url)
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(
        "UPDATE decisions SET inputs = jsonb_set(inputs, '{seen,plates}', '[]')"
        " WHERE transit_id = $1", row["id"],
    )  # fmt: skip
    await owner.close()
    page = (await anh.get(f"/transits/{row['id']}/proof"))[1]
    for words in ("Something was changed", "another result", "changed on disk"):
        assert words in page, words
    form = {"csrf": anh.token}
    async with anh.client.post(f"{site.url}/audit/check", data=form) as answer:
        assert "fault was found" in await answer.text()
    await anh.aclose()


async def test_the_users_page_shows_people_of_firms_apart(site: Site) -> None:
    firms = await add_more(site)
    async with site.rig.database.transaction() as connection:
        await add_user(
            connection, user=Clock().fresh(), name="x.y@firm.vn", full_name="<i>X</i>",
            role="firm_user", lanes=(), password_hash=hash_password(PASSWORD), demo=False,
            firm_id=firms[0],
        )  # fmt: skip
    quan = await browser_of(site, "quan")
    page = (await quan.get("/users"))[1]
    assert "&lt;i&gt;X&lt;/i&gt;" in page.partition("People of firms")[2]
    await quan.aclose()
