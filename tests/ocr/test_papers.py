"""Printed papers: their fields with place and confidence, by both readers, and hostile text."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.documents.fields import FieldKind, PaperKind, find_fields, paper_kind
from ocr.documents.paper import DocumentReader, TesseractDocumentReader
from ocr.engines.lines import Options, TextLine
from ocr.engines.models import EngineUnavailableError
from schemas.mrz_layout import MrzFormat
from schemas.readings import ReadingKind
from tests.ocr.drawn_documents import draw_zone, make_zone, photograph
from tests.ocr.drawn_papers import DECLARATION, draw_paper

FIELDS = {
    ("declaration_number", "305123456780"),
    ("declaration_number", "530120261123456789"),
    ("date", "2026-11-24"),
    ("plate", "12C09876"),
    ("plate", "12R00123"),
    ("container", "CSQU3054383"),
}


@pytest.fixture(scope="module")
def reader() -> DocumentReader:
    return DocumentReader()


def test_a_declaration_print_gives_its_fields_where_they_stand(reader: DocumentReader) -> None:
    readings = reader.read(draw_paper(DECLARATION))
    assert {(r.layout, r.text) for r in readings} == FIELDS
    for reading in readings:
        assert reading.kind is ReadingKind.DOCUMENT
        assert 0.5 < reading.confidence <= min(reading.confidences) <= 1
        assert dict(reading.detail)["paper"] == "customs_declaration"
    second = [dict(reading.detail).get("second_reader") for reading in readings]
    assert second.count("agrees") >= 4
    assert "differs" not in second
    number = next(r for r in readings if r.text == "305123456780")
    assert number.country == "VN"
    assert 220 < number.box.x < 260
    assert 240 < number.box.y < 290
    assert 120 < number.box.w < 220


def test_tesseract_alone_finds_the_same_fields() -> None:
    readings = TesseractDocumentReader().read(draw_paper(DECLARATION))
    assert {(r.layout, r.text) for r in readings} == FIELDS


def test_a_passport_at_the_booth_is_read_as_a_zone(reader: DocumentReader) -> None:
    lines = make_zone(MrzFormat.TD3, 4)
    (reading,) = reader.read(photograph(draw_zone(lines), seed=1))
    assert (reading.kind, reading.text) == (ReadingKind.MRZ, "|".join(lines))


def test_a_blank_page_gives_nothing(reader: DocumentReader) -> None:
    assert reader.read(np.full((3000, 4000, 3), 250, np.uint8)) == ()


def test_missing_language_data_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(EngineUnavailableError, match="tesseract-ocr"):
        TesseractDocumentReader()


def line(text: str, x: float = 0, y: float = 0, p: float = 0.99) -> TextLine:
    characters: tuple[Options, ...] = tuple(((c, p),) for c in text)
    width = 12.0 * len(text)
    spans = tuple((i / len(text), (i + 1) / len(text)) for i in range(len(text)))
    return TextLine(
        characters=characters,
        corners=((x, y), (x + width, y), (x + width, y + 20), (x, y + 20)),
        spans=spans,
    )


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("GIẤY THÔNG HÀNH XUẤT NHẬP CẢNH", PaperKind.LAISSEZ_PASSER),
        ("中华人民共和国出入境通行证", PaperKind.LAISSEZ_PASSER),
        ("TỜ KHAI HÀNG HÓA NHẬP KHẨU", PaperKind.CUSTOMS_DECLARATION),
        ("中华人民共和国海关出口货物报关单", PaperKind.CUSTOMS_DECLARATION),
        ("MENU", PaperKind.OTHER),
    ],
)
def test_the_title_tells_the_paper(title: str, kind: PaperKind) -> None:
    assert paper_kind([line(title)]) is kind


def test_chinese_papers_give_number_plate_and_date() -> None:
    fields = find_fields(
        [
            line("海关编号：530120261123456789"),
            line("车牌：桂F·12345", y=40),
            line("2026年11月24日", y=80),
        ]
    )
    assert [(f.kind, f.text) for f in fields] == [
        (FieldKind.DECLARATION, "530120261123456789"),
        (FieldKind.DATE, "2026-11-24"),
        (FieldKind.PLATE, "桂F12345"),
    ]
    assert fields[0].labelled


def test_a_letter_in_a_long_number_is_repaired_and_less_believed() -> None:
    (clean,) = find_fields([line("So to khai: 305123456780")])
    (repaired,) = find_fields([line("So to khai: 3O512345678O")])
    assert repaired.text == clean.text == "305123456780"
    assert repaired.confidence < clean.confidence * 0.7


def test_a_label_left_of_the_value_or_over_it_counts() -> None:
    beside = find_fields([line("Số tờ khai", 0, 0), line("305123456780", 200, 2)])
    over = find_fields([line("Số tờ khai", 0, 0), line("305123456780", 0, 25)])
    none = find_fields([line("305123456780", 0, 25)])
    assert beside[0].labelled
    assert over[0].labelled
    assert not none[0].labelled
    assert none[0].confidence < over[0].confidence


@given(st.lists(st.text(min_size=1, max_size=60), max_size=6))
def test_any_text_on_paper_stays_data(texts: list[str]) -> None:
    hostile = ["<script>alert(1)</script> 305123456780'; DROP TABLE readings;--", *texts]
    fields = find_fields([line(t, y=30.0 * i) for i, t in enumerate(hostile)])
    assert "305123456780" in {f.text for f in fields}
    for field in fields:
        assert all(c.isalnum() or c == "-" for c in field.text)
