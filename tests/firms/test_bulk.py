"""Uploads: encodings, headings in three languages, bounds, reports, all or nothing."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.app.firms.bulk.encodings import decoded, garbled
from gate.app.firms.bulk.headings import HEADINGS, folded, heading_of
from gate.app.firms.bulk.sheets import RISKY, quotable, template
from gate.app.firms.bulk.table import MOST_ROWS, read_table
from gate.app.firms.desk import Firms
from gate.app.firms.errors import Invalid, NotAllowedNow, UnknownRecord, UploadRefused
from gate.app.firms.wording import english
from tests.firms.rig import approved, container

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
aio = pytest.mark.asyncio(loop_scope="session")
HEADS = {
    "vi": ["Mã tham chiếu", "Chiều", "Từ lúc", "Đến lúc", "Biển số xe", "Nước của xe",
           "Tải trọng cho phép (kg)", "Công-te-nơ", "Niêm phong", "Tổng trọng lượng (kg)",
           "Hàng hóa", "Mã HS", "Số lượng", "Đơn vị", "Khối lượng tịnh (kg)", "Xuất xứ",
           "Tờ khai hải quan"],
    "zh": ["参考号", "方向", "开始时间", "结束时间", "车牌", "车辆国别", "核定总重 (kg)", "集装箱",
           "铅封", "毛重 (kg)", "货物", "HS编码", "数量", "单位", "净重 (kg)", "原产地",
           "报关单号"],
    "en": ["Reference", "Direction", "From", "Until", "Plate", "Plate country",
           "Permitted weight (kg)", "Container", "Seal", "Gross weight (kg)", "Goods", "HS code",
           "Quantity", "Unit", "Net weight (kg)", "Origin", "Customs declaration"],
}  # fmt: skip


def line(reference: str, n: int, **changes: str) -> list[str]:
    """One good row."""
    begin = datetime.now(ZONE) + timedelta(hours=4)
    values = {
        "reference": reference, "direction": "xuất khẩu", "from": f"{begin:%d/%m/%Y %H:%M}",
        "to": f"{begin + timedelta(hours=10):%Y-%m-%d %H:%M}", "plate": f"14C-{500 + n}.11",
        "country": "Việt Nam", "permitted": "24.000", "container": container(),
        "seal": f"VN{n:05d}", "gross": "20,500", "goods": "Dragon fruit", "hs": "08109092",
        "quantity": "12000", "unit": "kgm", "net": "12000", "origin": "vn",
        "customs": f"30{n:010d}", **changes,
    }  # fmt: skip
    return list(values.values())


def as_csv(language: str, rows: list[list[str]], mark: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(HEADS[language])
    writer.writerows(rows)
    return out.getvalue()


async def filed(firms: Firms) -> None:
    """Let the service file all that was asked for."""
    while await firms.bulk.filer.work():
        pass


@aio
@pytest.mark.parametrize(
    ("language", "encoding", "mark"),
    [("vi", "utf-8", ","), ("vi", "utf-8-sig", ";"), ("zh", "gb18030", ","), ("zh", "utf-16", "\t"),
     ("en", "utf-16-le", ","), ("vi", "cp1258", ";")],
)  # fmt: skip
async def test_tables_are_read_in_every_language_and_encoding(
    firms: Firms, language: str, encoding: str, mark: str
) -> None:
    firm = await approved(firms)
    rows = [line("A", 1), line("B", 2)]
    if encoding == "gb18030":
        rows = [
            [c.replace("xuất khẩu", "出口").replace("Việt Nam", "越南") for c in r] for r in rows
        ]
    text = as_csv(language, rows, mark)
    if encoding == "cp1258":
        text = "".join(_cp1258(c) for c in unicodedata.normalize("NFC", text))

    shown = await firms.bulk.preview(firm, "list.csv", text.encode(encoding))

    assert [row.good for row in shown.rows] == [True, True], shown.rows[0].problems
    assert shown.rows[0].content["tractor"] == {
        "plate": "14C50111",
        "country": "VN",
        "permitted_kg": 24_000,
    }
    await firms.bulk.commit(firm, shown.id, actor="thu", all_or_nothing=True, submit=True)
    await filed(firms)
    found = await firms.bulk.results(firm, shown.id)
    assert [(one.reference, one.status) for one in found] == [("A", "accepted"), ("B", "accepted")]


def _cp1258(char: str) -> str:
    """The character as Windows-1258 can have it: its tone as a combining mark."""
    try:
        char.encode("cp1258")
        return char
    except UnicodeEncodeError:
        whole = unicodedata.normalize("NFD", char)
        tone = next(c for c in whole if c in "\u0300\u0301\u0303\u0309\u0323")
        return unicodedata.normalize("NFC", whole.replace(tone, "")) + tone


@aio
async def test_a_bad_row_is_named_with_its_column_and_the_good_ones_are_filed(
    firms: Firms,
) -> None:
    firm = await approved(firms)
    rows = [line("A", 1), line("B", 2, plate="=HYPERLINK(1)", gross="heavy"), line("C", 3)]
    shown = await firms.bulk.preview(firm, "../x\\list.csv", as_csv("en", rows).encode())
    assert shown.name == "list.csv"
    assert [row.numbers for row in shown.bad] == [(3,)]
    with pytest.raises(Invalid):
        await firms.bulk.commit(firm, shown.id, actor="thu", all_or_nothing=True, submit=True)
    assert await firms.filing.declarations(firm) == []

    await firms.bulk.commit(firm, shown.id, actor="thu", all_or_nothing=False, submit=False)
    await filed(firms)

    found = await firms.bulk.results(firm, shown.id)
    assert [(one.reference, one.status) for one in found] == [("A", "draft"), ("C", "draft")]
    again = await firms.bulk.commit(firm, shown.id, actor="thu", all_or_nothing=False, submit=False)
    assert (again.state, again.filed, again.not_filed) == ("done", 2, 1)
    with pytest.raises(NotAllowedNow):
        await firms.bulk.commit(firm, shown.id, actor="thu", all_or_nothing=False, submit=True)
    await filed(firms)
    assert len(await firms.filing.drafts(firm)) == 2
    made = await firms.bulk.report(firm, shown, "en", english)
    cells = sheet_of(made)[1:]
    assert {row[0] for row in cells} == {"3"}
    assert "Gross weight (kg)" in {row[1] for row in cells}
    assert all(not value.startswith(RISKY) for row in cells for value in row)
    assert "<f>" not in part_of(made, "xl/worksheets/sheet1.xml")


def sheet_of(data: bytes) -> list[list[str]]:
    book = python_calamine.load_workbook(io.BytesIO(data))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def part_of(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


@aio
async def test_rows_with_one_reference_are_one_declaration(firms: Firms) -> None:
    firm = await approved(firms)
    first = line("A", 1)
    second = [*["A"], *[""] * 9, "Mango", "08045020", "500", "KGM", "500", "VN", ""]
    third = [*["A"], "import", *[""] * 8, "Lychee", "08109030", "5", "KGM", "5", "VN", ""]
    shown = await firms.bulk.preview(firm, "a.csv", as_csv("en", [first, second]).encode())
    assert [row.numbers for row in shown.rows] == [(2, 3)]
    assert shown.rows[0].good
    assert [g["description"] for g in shown.rows[0].content["goods"]] == ["Dragon fruit", "Mango"]

    shown = await firms.bulk.preview(firm, "a.csv", as_csv("en", [first, second, third]).encode())
    assert "row_differs" in {p.code for p in shown.rows[0].problems}


@aio
async def test_another_firm_does_not_see_the_upload(firms: Firms) -> None:
    firm, stranger = await approved(firms), await approved(firms)
    shown = await firms.bulk.preview(firm, "a.csv", as_csv("en", [line("A", 1)]).encode())
    for attempt in (
        firms.bulk.shown(stranger, shown.id),
        firms.bulk.commit(stranger, shown.id, actor="x", all_or_nothing=False, submit=False),
    ):
        with pytest.raises(UnknownRecord):
            await attempt


@aio
@pytest.mark.parametrize("language", ["vi", "zh", "en"])
async def test_the_filled_template_is_read_back(firms: Firms, language: str) -> None:
    firm = await approved(firms)
    made = template(language)
    assert part_of(made, "xl/worksheets/sheet1.xml").count("<dataValidation ") > 10
    head, example = sheet_of(made)
    begin = datetime.now(ZONE).replace(tzinfo=None) + timedelta(hours=3)
    own = {"window_from": begin, "window_to": begin + timedelta(hours=8),
           "goods.*.hs_code": 8106000}  # Excel took it for a number  # fmt: skip
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yy hh:mm"})
    sheet = book.add_worksheet()
    for n, (heading, name, text) in enumerate(zip(HEADINGS, head, example, strict=True)):
        sheet.write(0, n, name)
        sheet.write(1, n, own.get(heading.path, text))
    book.close()

    shown = await firms.bulk.preview(firm, "template.xlsx", out.getvalue())

    assert shown.kind == "xlsx"
    assert [p for p in shown.rows[0].problems if p.severity == "error"] == []
    assert shown.rows[0].content["goods"][0]["hs_code"] == "08106000"


def test_every_heading_is_found_by_each_of_its_names_and_by_no_other() -> None:
    for heading in HEADINGS:
        for name in (heading.en, heading.vi, heading.zh, *heading.other, heading.path):
            assert heading_of(name.upper()) == heading, name
    names = [folded(n) for h in HEADINGS for n in {h.en, h.vi, h.zh}]
    assert len(names) == len(set(names))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 70_000_000)
    return out.getvalue()


def tall() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for n in range(MOST_ROWS + 2):
        sheet.write_string(n, 0, "x")
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"", "empty"), (b"x" * 5_000_001, "size"), (b"PK\x03\x04broken", "kind"),
     (b"\xd0\xcf\x11\xe0old", "kind"), (b"Direction\n", "empty"), (bomb(), "bomb"),
     (tall(), "rows"), (b"Plate;x\nNguy\xd4n V\xa8n;1\n", "encoding"),
     (b"a,b\n\"unclosed", "kind"), (b"\xff\xfea", "encoding")],
    ids=["empty", "large", "damaged", "xls", "no rows", "bomb", "tall", "tcvn3", "quote", "utf16"],
)  # fmt: skip
def test_what_can_not_be_read_is_refused_in_words(data: bytes, kind: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        read_table(data)
    assert refused.value.kind == kind
    assert len(str(refused.value)) > 15


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        table = read_table(data)
    except UploadRefused:
        return
    assert table.rows


@given(st.text(max_size=60))
def test_text_in_unicode_is_decoded_as_it_is(text: str) -> None:
    whole = "Plate,Direction\n" + text
    try:
        raw = whole.encode()
    except UnicodeEncodeError:
        return
    assert decoded(raw)[0] == whole


@given(st.text(max_size=20))
def test_quoted_cells_never_begin_like_a_formula(text: str) -> None:
    assert not quotable(text).startswith(RISKY)


def test_old_fonts_are_noticed_and_names_are_not() -> None:
    assert garbled("NguyÔn V¨n Hïng")
    for fine in ("Nguyễn Văn Hùng", "桂A·12345", "O'Neil", "½ inch", "Đặng Thị Ngọc Ánh", "5 µm"):
        assert not garbled(fine)
