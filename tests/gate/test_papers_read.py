"""What readings of papers mean for the decision, without pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gate.app.papers import papers_of
from gate.store.plain import READING, to_plain
from schemas.mrz_layout import MrzFormat
from schemas.readings import Box, Reading, ReadingKind
from tests.ocr.drawn_documents import make_zone

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def reading(kind: ReadingKind, text: str, *detail: tuple[str, str]) -> Reading:
    return Reading(
        kind=kind, text=text, raw=text, confidence=0.9, confidences=(0.9,) * len(text),
        box=Box(x=0, y=0, w=1, h=1), engine="test", model="0", ms=1, detail=detail,
    )  # fmt: skip


def row(*readings: Reading, role: str = "document", status: str = "read") -> dict[str, Any]:
    return {"role": role, "status": status, "readings": [to_plain(READING, r) for r in readings]}


def papers(*rows: dict[str, Any]) -> Any:
    return papers_of(list(rows), lambda _key, _signature, _message: False, NOW)


def test_a_vietnamese_citizen_cards_number_is_the_whole_twelve_digits() -> None:
    # Made up: 022 is the province, 0 man born 19xx, 85 the year. 9 digits, check digit, all 12.
    lines = (
        "IDVNM0850000010022085000001<<8",
        "8503046M3512311VNM<<<<<<<<<<<4",
        "NGUYEN<<VAN<KHONG<CO<THAT<<<<<",
    )

    found = papers(row(reading(ReadingKind.MRZ, "|".join(lines))))

    assert [d.number for d in found.documents] == ["022085000001"]


def test_a_zone_whose_expiry_fails_its_check_digit_is_refused_though_the_rest_is_right() -> None:
    lines = make_zone(MrzFormat.TD3, seed=3)
    true = reading(ReadingKind.MRZ, "|".join(lines))
    wrong = reading(ReadingKind.MRZ, "|".join(lines), ("expiry.status", "failed"))

    assert [d.problem for d in papers(row(true)).documents] == [""]
    (found,) = papers(row(wrong)).documents
    assert (found.problem, found.number) == ("checkdigit", "")


def test_only_verified_containers_count() -> None:
    sure = reading(ReadingKind.CONTAINER, "CSQU3054383", ("verified", "yes"))
    unsure = reading(ReadingKind.CONTAINER, "MSKU1234565", ("verified", "no"))

    assert papers(row(sure, unsure, role="side")).containers == ("CSQU3054383",)


def test_a_picture_of_a_document_that_could_not_be_read_is_an_unreadable_document() -> None:
    (found,) = papers(row(status="failed")).documents

    assert found.problem == "unreadable"


def test_a_code_that_claims_to_be_a_pass_but_is_not_signed_is_forged() -> None:
    found = papers(row(reading(ReadingKind.BARCODE, "BG1.abc.def")))

    assert found.gate_pass.problem == "forged"


def test_a_passport_gives_its_number_and_its_end() -> None:
    lines = make_zone(MrzFormat.TD3, 7)

    (found,) = papers(row(reading(ReadingKind.MRZ, "|".join(lines)))).documents

    assert found.number == lines[1][:9].rstrip("<")
    assert found.until is not None
