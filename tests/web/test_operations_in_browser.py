"""The wall and the operations day, in a real browser and in all three languages."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from gate.app.clock import utc_now
from gate.app.statistics_days import today
from tests.gate.pictures import empty_street
from tests.gate.rig import until
from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Site, photograph
from tests.web.operations_gate import ZONE, add_past, counted, drive, drive_overridden, turn_back
from tests.web.speaking import speak

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

ANSWERS = {"vi": "Cửa khẩu", "zh": "口岸", "en": "The gate"}
PATHS = ("transits", "transits?kind=overridden", "cameras", "history", "report/{day}")
CLIPPED = """() => document.fonts.ready.then(() => [
    ...document.querySelectorAll('.panel, .lane-strips li, .key .value, h1')]
    .filter(e => e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2
        || (e.matches('.lane-strips li') && [...e.children].some(one =>
            one.getBoundingClientRect().bottom > e.getBoundingClientRect().bottom + 1)))
    .map(e => `${e.id || e.className}: ${e.scrollWidth}x${e.scrollHeight} in `
        + `${e.clientWidth}x${e.clientHeight}: ${e.textContent.trim().slice(0, 60)}`))"""


async def sign_in(page: Page, site: Site, name: str = "bao") -> None:
    await page.goto(f"{site.url}/sign-in")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("button.primary")
    await expect(page.locator("#sign-out")).to_be_visible()


async def theme(page: Page, name: str) -> None:
    await page.evaluate("name => { document.documentElement.dataset.theme = name }", name)


async def test_the_wall_and_the_operations_day(page: Page, site: Site) -> None:
    made = await add_past(site.rig)
    await drive(site.rig)
    await drive_overridden(site.rig)
    await turn_back(site.rig)
    await counted(site.rig)
    await site.rig.show(empty_street(), empty_street(seed=4))
    await until(lambda: site.rig.phase == "with_officer", what="a truck is held")
    day = today(utc_now(), ZONE)
    finished = await site.rig.count(
        "SELECT count(*) FROM transit_facts WHERE ended <> 'aborted' AND"
        " (ended_at AT TIME ZONE $1)::date = $2", ZONE, day,
    )  # fmt: skip
    assert made > finished >= 1  # few in the first hours of the gate's day
    await sign_in(page, site)
    for language, answer in ANSWERS.items():
        await page.set_viewport_size({"width": 1920, "height": 1080})
        await page.goto(f"{site.url}/operations/history")
        await speak(page, language)
        await page.goto(f"{site.url}/operations")
        await expect(page.locator("#answer-text")).to_contain_text(answer)
        shown = re.sub(r"\D", "", await page.locator("#key-trucks").inner_text())
        assert int(shown) == finished
        await expect(page.locator("#lanes li")).to_have_count(4)
        await expect(page.locator("#hours-export canvas")).to_be_visible()
        for name in ("light", "dark") if language == "en" else ("dark",):
            await theme(page, name)
            assert await violations(page) == [], (language, name)
        await photograph(page, f"operations-{language}")
        await page.set_viewport_size({"width": 1366, "height": 768})
        await photograph(page, f"operations-1366-{language}")
        await _other_pages(page, site, language, ("dark", "light") if language == "en" else ())
        for width in (1920, 3840):
            await page.set_viewport_size({"width": width, "height": 1080})
            await page.goto(f"{site.url}/wall")
            await expect(page.locator("#answer-text")).to_contain_text(answer)
            await page.wait_for_timeout(300)
            await photograph(page, f"wall-{width}-{language}")
            high, wide = await page.evaluate(
                "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
            )
            assert (high, wide) == (1080, width)
            assert await page.evaluate(CLIPPED) == [], (language, width)
            size = await page.evaluate(
                "parseFloat(getComputedStyle(document.querySelector('#answer h1')).fontSize)"
            )
            assert size >= 70, "the answer is the largest thing on the wall"
            assert await page.locator("nav").count() == 0
        assert await violations(page) == [], f"the wall in {language}"


async def _other_pages(page: Page, site: Site, language: str, themes: tuple[str, ...]) -> None:
    day = today(utc_now(), ZONE).isoformat()
    for path in PATHS:
        await page.goto(f"{site.url}/operations/{path.format(day=day)}")
        for name in themes:
            await theme(page, name)
            assert await violations(page) == [], (language, path, name)
        if not themes:
            assert await violations(page, colours=False) == [], (language, path)
        await photograph(page, f"operations-{re.split('[?/]', path)[0]}-{language}")


async def test_every_number_leads_to_its_transits(page: Page, site: Site) -> None:
    await drive_overridden(site.rig)
    await counted(site.rig)
    await sign_in(page, site)
    await page.goto(f"{site.url}/operations")
    await expect(page.locator("#key-trucks")).to_have_text("1")
    await page.locator("#reasons").get_by_role("link", name="1").first.click()
    await expect(page.locator("table.list tbody tr")).to_have_count(1)
    await expect(page.locator("table.list")).to_contain_text("FEE_UNPAID")
    await page.locator("table.list tbody a").first.click()
    await expect(page).to_have_url(re.compile("/transits/[0-9a-f-]{36}$"))


async def test_what_is_stale_looks_stale_and_comes_back_by_itself(page: Page, site: Site) -> None:
    await sign_in(page, site)
    await page.goto(f"{site.url}/wall")
    await expect(page.locator("#live")).not_to_have_class(re.compile("stale"))
    await page.evaluate("window.notReloaded = true")
    await site.stop()
    await expect(page.locator("#live")).to_have_class(re.compile("stale"))
    await expect(page.locator("#lost")).to_contain_text("No word from the service since")
    await photograph(page, "wall-lost")
    await site.start()
    await expect(page.locator("#lost")).to_be_hidden()
    await drive(site.rig)
    await expect(page.locator("#key-trucks")).to_have_text("1")
    assert await page.evaluate("window.notReloaded")


NIGHT = """async () => {
    const base = document.querySelector('script[src*="operations/live.js"]').src;
    const { paint } = await import(base.replace('live.js', 'paint.js'));
    const first = JSON.parse(document.getElementById('figures').textContent);
    const night = (from, to, lanes = first.lanes.length) => {
        for (let n = from; n < to; n += 1) {
            const figures = structuredClone(first);
            figures.totals.today.finished = n;
            figures.lanes = Array.from({ length: lanes }, (_, at) => ({ ...first.lanes[0],
                id: `lane-${at}`, name: `Lane ${at + 1}`,
                phase: ['with_officer', 'passing', 'idle', 'fault'][at % 4] }));
            figures.lanes.forEach((lane, at) => { lane.plate = `14C${n * 7 + at}`; });
            figures.hours.forEach((hour, at) => { hour.export = [n % 50 + at, n % 40]; });
            figures.reasons = [{ code: 'FEE_UNPAID', transits: n, last: 1 }];
            figures.alarms = n % 2 ? [] : [{ kind: 'TAILGATING', lane: 'lane-1', count: n,
                title: 'Second vehicle drove through', text: `lane ${n}`, last_at: figures.at,
                acked_by: null }];
            paint(figures);
        }
    };
    window.night = night;
}"""


async def test_a_wall_keeps_its_memory_through_the_night(page: Page, site: Site) -> None:
    await sign_in(page, site)
    await page.goto(f"{site.url}/wall")
    await page.evaluate(NIGHT)
    devtools = await page.context.new_cdp_session(page)

    async def memory(first: int, last: int) -> dict[str, float]:
        for n in range(first, last, 100):
            await page.evaluate(f"window.night({n}, {n + 100})")
        await devtools.send("HeapProfiler.collectGarbage")
        await devtools.send("HeapProfiler.collectGarbage")
        found = await devtools.send("Performance.getMetrics")
        return {one["name"]: one["value"] for one in found["metrics"]}

    await devtools.send("Performance.enable")
    before = await memory(0, 300)
    after = await memory(300, 1_200)
    await page.evaluate("window.night(1200, 1201, 24)")
    await expect(page.locator("#lanes li")).to_have_count(24)
    await photograph(page, "wall-24-lanes")
    assert await page.evaluate(CLIPPED) == [], "24 lanes fit"
    for name, slack in (("Nodes", 300), ("JSEventListeners", 5), ("JSHeapUsedSize", 1_500_000)):
        assert after[name] <= before[name] + slack, (name, before[name], after[name])


async def test_the_report_prints_as_clean_pages(page: Page, site: Site) -> None:
    await add_past(site.rig)
    await sign_in(page, site, "viet")
    await page.goto(f"{site.url}/operations/report/{today(utc_now(), ZONE).isoformat()}")
    await page.emulate_media(media="print")
    for hidden in (".bar", ".tabs", "#print"):
        await expect(page.locator(hidden).first).to_be_hidden()
    wide = await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide
    paper = await page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
    assert paper.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 2 <= pages <= 4
    boxes = set(re.findall(rb"/MediaBox\s*\[([^\]]+)\]", paper))
    assert len(boxes) == 1
    width, height = (float(part) for part in boxes.pop().split()[2:])
    assert (round(width), round(height)) == (595, 842)


async def test_the_wall_turns_only_where_it_is_asked_to(page: Page, site: Site) -> None:
    await sign_in(page, site)
    await page.goto(f"{site.url}/wall")
    await expect(page.locator(".low:visible")).to_have_count(4)
    await page.goto(f"{site.url}/wall?rotate=5")
    await expect(page.locator("#live")).to_have_attribute("data-turn", "1")
    await expect(page.locator(".low:visible")).to_have_count(2)
    await photograph(page, "wall-rotate")
    await expect(page.locator("#live")).to_have_attribute("data-turn", "2", timeout=8_000)
    await expect(page.locator("#cameras")).to_be_visible()
