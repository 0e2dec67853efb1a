"""A firm's truck from the filing to the departure: pass, lane, letter and signed web call."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import cv2
import numpy as np
import pytest
import pytest_asyncio

from devices.broker import EmbeddedBroker
from gate.app.firms import qr
from gate.app.firms.clearances import AUTHORITIES
from ocr.pool import ReaderPool
from schemas.capture import CameraRole, Trigger
from tests.firms.receivers import receiving
from tests.firms.rig import approved, content
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import Rig, rig, until
from tests.ocr.drawn_plates import as_jpeg

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def lane(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Rig]:
    firms = {"webhooks_to_loopback": True}
    async with rig(tmp_path, database_url, broker.port, readers, firms=firms) as made:
        await made.add_all()
        yield made


async def cleared(lane: Rig) -> tuple[UUID, Any]:
    """A firm and its declaration, filed, booked, paid and cleared through the desks."""
    firms = lane.service.firms
    firm = await approved(firms, email="firm@example.com")
    made = content(containers=[], seals=[])
    made["tractor"]["plate"], made["trailer"]["plate"] = "14C12345", "14R01234"
    draft = await firms.filing.new_draft(firm, actor="thu", content=made)
    row = (await firms.filing.submit(firm, draft.id, actor="thu")).declaration
    hour = lane.service.clock.now().replace(minute=0, second=0, microsecond=0)
    await firms.slots.book(firm, row.id, hour + timedelta(hours=1), actor="thu")
    for authority in AUTHORITIES:
        await firms.clearances.set_clearance(row.id, authority, "passed", actor="anh")
    for fee in await firms.fees.of(firm, row.id):
        await firms.fees.pay(fee.id, actor="anh", reference="R-1")
    row = await firms.filing.declaration(firm, row.id)
    assert row.status == "cleared"
    return firm, row


async def show_pass(lane: Rig, text: str) -> None:
    """The driver's phone under the document camera."""
    code = cv2.imdecode(np.frombuffer(qr.png(text, 6), np.uint8), cv2.IMREAD_COLOR)
    paper = np.full((900, 1200, 3), 200, np.uint8)
    paper[60 : 60 + code.shape[0], 250 : 250 + code.shape[1]] = code
    agent = await lane.add_camera("cam-document", CameraRole.DOCUMENT)
    await agent.submit(as_jpeg(paper), Trigger.MANUAL)
    await until(
        lambda: lane.rows_of(
            "SELECT 1 FROM captures WHERE device = 'cam-document' AND status <> 'pending'"
        ),
        40, "the pass is read",
    )  # fmt: skip


async def test_a_filed_truck_drives_through_with_its_pass_and_the_firm_is_told(lane: Rig) -> None:
    firms = lane.service.firms
    async with receiving() as receiver:
        firm, row = await cleared(lane)
        _, secret = await firms.webhooks.make(
            firm, url=receiver.url, events=["declaration.released", "declaration.departed"],
            actor="thu",
        )  # fmt: skip
        gate_pass = await firms.passes.current(firm, row.id)
        assert gate_pass is not None
        await show_pass(lane, gate_pass.text)
        await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
        await lane.drive_through()
        await until(lambda: len(receiver.calls) >= 2, 30, "two web calls")

    assert all(call.proves(secret) for call in receiver.calls)
    said = [json.loads(call.body)["event"] for call in receiver.calls]
    assert sorted(said) == ["declaration.departed", "declaration.released"]
    assert (await firms.filing.declaration(firm, row.id)).status == "departed"
    letters = await firms.notices.letters(firm)
    assert any("14C12345" in letter.subject for letter in letters)
    (transit,) = await firms.filing.transits(firm, row.id)
    assert (transit.ended, transit.codes) == ("departed", ("OK_ALL",))


async def test_a_revoked_pass_is_referred(lane: Rig) -> None:
    firms = lane.service.firms
    firm, row = await cleared(lane)
    old = await firms.passes.current(firm, row.id)
    assert old is not None
    await firms.passes.issue(firm, row.id, actor="thu")
    await show_pass(lane, old.text)
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))

    rows = await until(
        lambda: lane.rows_of("SELECT codes FROM decisions ORDER BY at DESC LIMIT 1"), 40
    )
    assert "PASS_FORGED" in rows[0]["codes"]
    assert lane.body.angle == 0.0
