"""Documents and containers at the lane: over MQTT like plates, read, and part of the decision."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import pytest_asyncio

from devices.broker import EmbeddedBroker
from gate.app.clock import Clock
from gate.commands.issue_pass import draw, issue
from gate.store import declarations
from ocr.pool import ReaderPool
from schemas.capture import CameraRole, Trigger
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import Rig, declare, rig, until
from tests.ocr.drawn_containers import make_number, paint
from tests.ocr.drawn_documents import draw_zone, photograph
from tests.ocr.drawn_plates import as_jpeg

pytestmark = pytest.mark.asyncio(loop_scope="session")

ZONE = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
"""The specimen of ICAO 9303 part 4; its document expired in 2012."""


@pytest_asyncio.fixture(loop_scope="session")
async def lane(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Rig]:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        await made.add_all()
        yield made


async def shown_at(lane: Rig, camera: str, role: CameraRole, picture: bytes) -> None:
    """The picture is stored and read before the cameras look at the plates."""
    agent = await lane.add_camera(camera, role)
    await agent.submit(picture, Trigger.MANUAL)
    await until(
        lambda: lane.rows_of(
            "SELECT 1 FROM captures WHERE device = $1 AND status <> 'pending'", camera
        ),
        40,
        "the document is read",
    )


async def decided(lane: Rig) -> list[str]:
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    rows = await until(
        lambda: lane.rows_of("SELECT codes FROM decisions ORDER BY at DESC LIMIT 1"), 40
    )
    return list(rows[0]["codes"])


async def pass_picture(lane: Rig, number: str, folder: Path, change: str = "") -> bytes:
    found = await declarations.by_number(lane.database, number)
    assert found is not None
    text = issue(lane.service.settings, found, Clock())
    if change:
        text = text[:-6] + change + text[-6 + len(change) :]
    assert draw(text, folder / "pass.png")
    code = cv2.imread(str(folder / "pass.png"))
    paper = np.full((900, 1200, 3), 200, np.uint8)
    paper[100 : 100 + code.shape[0], 250 : 250 + code.shape[1]] = code
    return as_jpeg(paper)


async def test_a_true_gate_pass_is_no_objection(lane: Rig, tmp_path: Path) -> None:
    number = await declare(lane.database, "14C12345", "14R01234")
    picture = await pass_picture(lane, number, tmp_path)
    await shown_at(lane, "cam-document", CameraRole.DOCUMENT, picture)

    assert await decided(lane) == ["OK_ALL"]


async def test_a_forged_gate_pass_is_referred(lane: Rig, tmp_path: Path) -> None:
    number = await declare(lane.database, "14C12345", "14R01234")
    picture = await pass_picture(lane, number, tmp_path, change="AAAA")
    await shown_at(lane, "cam-document", CameraRole.DOCUMENT, picture)

    assert "PASS_FORGED" in await decided(lane)
    assert lane.body.angle == 0.0


async def test_the_pass_of_another_declaration_is_referred(lane: Rig, tmp_path: Path) -> None:
    await declare(lane.database, "14C12345", "14R01234")
    other = await declare(lane.database, "29H55555")
    picture = await pass_picture(lane, other, tmp_path)
    await shown_at(lane, "cam-document", CameraRole.DOCUMENT, picture)

    assert "PASS_MISMATCH" in await decided(lane)


async def test_an_expired_passport_holds(lane: Rig) -> None:
    await declare(lane.database, "14C12345", "14R01234")
    picture = as_jpeg(photograph(draw_zone(ZONE), seed=2))
    await shown_at(lane, "cam-document", CameraRole.DOCUMENT, picture)

    assert "DOC_EXPIRED" in await decided(lane)
    (reading,) = await lane.rows_of("SELECT text, kind FROM readings WHERE kind = 'mrz'")
    assert reading["text"] == "|".join(ZONE)


async def test_a_container_that_is_not_declared_holds(lane: Rig) -> None:
    await declare(lane.database, "14C12345", "14R01234", containers=["CSQU3054383"])
    other = make_number("MSK", 123456)
    picture = as_jpeg(paint([(f"{other[:4]} {other[4:10]} {other[10]}", 200, 300)]))
    await shown_at(lane, "cam-side", CameraRole.SIDE, picture)

    assert "CONTAINER_MISMATCH" in await decided(lane)
