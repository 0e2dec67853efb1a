"""The columns of an upload: where each goes, and what it is called in three languages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

REFERENCE = "reference"
"""Rows with the same reference are one declaration with several goods lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One column: the field's path (goods as ``goods.*``), its names, more names it may have, an
    example, and whether a declaration can't do without it.
    """

    path: str
    en: str
    vi: str
    zh: str
    example: str | int = ""
    needed: bool = False
    other: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """The column's name in a language."""
        return {"vi": self.vi, "zh": self.zh}.get(language, self.en)


def _h(path: str, en: str, vi: str, zh: str, example: str | int = "", *other: str) -> Heading:
    needed = en.endswith("*")
    return Heading(path=path, en=en.rstrip("*"), vi=vi, zh=zh, example=example, needed=needed,
                   other=other)  # fmt: skip


HEADINGS: tuple[Heading, ...] = (
    _h(REFERENCE, "Reference", "Mã tham chiếu", "参考号", "A-1", "ref", "your reference"),
    _h("direction", "Direction*", "Chiều", "方向", "export"),
    _h("window_from", "From*", "Từ lúc", "开始时间", "", "window from", "arrival from"),
    _h("window_to", "Until*", "Đến lúc", "结束时间", "", "window to", "to", "arrival until"),
    _h("tractor.plate", "Plate*", "Biển số xe", "车牌", "14C-123.45", "tractor plate",
       "biển số đầu kéo", "biển số", "牵引车车牌", "truck plate", "车牌号"),
    _h("tractor.country", "Plate country*", "Nước của xe", "车辆国别", "VN", "tractor country"),
    _h("tractor.kind", "Vehicle kind", "Loại xe", "车辆类型", "tractor"),
    _h("tractor.permitted_kg", "Permitted weight (kg)", "Tải trọng cho phép (kg)",
       "核定总重 (kg)", 44_000, "permitted kg", "permitted weight"),
    _h("trailer.plate", "Trailer plate", "Biển số rơ moóc", "挂车车牌", "14R-012.34"),
    _h("trailer.country", "Trailer country", "Nước của rơ moóc", "挂车国别", "VN"),
    _h("trailer.permitted_kg", "Trailer permitted weight (kg)", "Tải trọng rơ moóc (kg)",
       "挂车核定总重 (kg)", 34_000, "trailer permitted kg"),
    _h("driver.name", "Driver", "Lái xe", "司机", "Trần Văn Hùng", "driver name", "tên lái xe",
       "司机姓名"),
    _h("driver.nationality", "Driver nationality", "Quốc tịch lái xe", "司机国籍", "VNM"),
    _h("driver.document_kind", "Document kind", "Loại giấy tờ", "证件类型", "identity_card"),
    _h("driver.document_number", "Document number", "Số giấy tờ", "证件号码", "022085001234",
       "id number", "số căn cước", "số hộ chiếu"),
    _h("driver.birth_date", "Birth date", "Ngày sinh", "出生日期", "1985-03-02",
       "date of birth"),
    _h("driver.document_until", "Document valid until", "Giấy tờ hết hạn", "证件有效期",
       "2035-03-02", "expiry date", "ngày hết hạn"),
    _h("driver.phone", "Driver phone", "Điện thoại lái xe", "司机电话", "0912345678"),
    _h("containers.0.number", "Container", "Công-te-nơ", "集装箱", "CSQU3054383",
       "container number", "số công-te-nơ", "container 1", "số container", "箱号", "集装箱号"),
    _h("containers.1.number", "Second container", "Công-te-nơ thứ hai", "第二集装箱", "",
       "container 2"),
    _h("seals.0", "Seal", "Niêm phong", "铅封", "VN123456", "seal number", "số chì", "số seal",
       "封号", "铅封号"),
    _h("seals.1", "Second seal", "Niêm phong thứ hai", "第二铅封", "", "seal 2"),
    _h("gross_kg", "Gross weight (kg)*", "Tổng trọng lượng (kg)", "毛重 (kg)", 36_500,
       "gross kg", "gross weight", "tổng trọng lượng", "毛重"),
    _h("goods.*.description", "Goods*", "Hàng hóa", "货物", "Fresh durian",
       "description", "cargo", "tên hàng", "货物名称", "品名"),
    _h("goods.*.hs_code", "HS code*", "Mã HS", "HS编码", "08106000", "hs"),
    _h("goods.*.quantity", "Quantity*", "Số lượng", "数量", 18_500),
    _h("goods.*.unit", "Unit*", "Đơn vị", "单位", "KGM", "đơn vị tính"),
    _h("goods.*.net_kg", "Net weight (kg)*", "Khối lượng tịnh (kg)", "净重 (kg)", 18_500,
       "net kg", "net weight", "净重"),
    _h("goods.*.packages", "Packages", "Số kiện", "件数", 900),
    _h("goods.*.origin", "Origin*", "Xuất xứ", "原产地", "VN", "country of origin"),
    _h("goods.*.un_number", "UN number", "Số UN", "UN编号", "", "un"),
    _h("goods.*.temperature_c", "Temperature (°C)", "Nhiệt độ (°C)", "温度 (°C)", ""),
    _h("customs_number", "Customs declaration", "Tờ khai hải quan", "报关单号", "302600000010",
       "customs number", "customs declaration number", "số tờ khai"),
    _h("quarantine_certificates.0", "Quarantine certificate", "Giấy kiểm dịch", "检疫证书",
       "KD-2026-00123"),
    _h("counterpart_name", "Counterpart", "Đối tác", "对方企业", ""),
    _h("counterpart_plate", "Counterpart plate", "Biển số xe đối tác", "对方车牌", ""),
    _h("counterpart_country", "Counterpart country", "Nước của đối tác", "对方国别", ""),
    _h("contact_name", "Contact", "Người liên hệ", "联系人", ""),
    _h("contact_phone", "Contact phone", "Điện thoại liên hệ", "联系电话", ""),
    _h("note", "Note", "Ghi chú", "备注", ""),
)  # fmt: skip

CHOICES: dict[str, dict[str, str]] = {
    "direction": {"xuất khẩu": "export", "xuất": "export", "出口": "export", "出境": "export",
                  "nhập khẩu": "import", "nhập": "import", "进口": "import", "入境": "import"},
    "country": {"việt nam": "VN", "vietnam": "VN", "viet nam": "VN", "越南": "VN",
                "trung quốc": "CN", "china": "CN", "中国": "CN", "vnm": "VN", "chn": "CN"},
    "kind": {"đầu kéo": "tractor", "牵引车": "tractor", "xe tải": "truck", "货车": "truck"},
    "document_kind": {"hộ chiếu": "passport", "护照": "passport", "căn cước": "identity_card",
                      "cccd": "identity_card", "身份证": "identity_card",
                      "identity card": "identity_card", "id card": "identity_card",
                      "giấy thông hành": "border_pass", "边境通行证": "border_pass",
                      "border pass": "border_pass"},
    "nationality": {"việt nam": "VNM", "vietnam": "VNM", "越南": "VNM", "vn": "VNM",
                    "trung quốc": "CHN", "china": "CHN", "中国": "CHN", "cn": "CHN"},
    "origin": {"việt nam": "VN", "vietnam": "VN", "越南": "VN", "trung quốc": "CN", "china": "CN",
               "中国": "CN"},
}  # fmt: skip
"""Words that people write in a column, and what is meant; by the last part of the path."""


def folded(text: str) -> str:
    """A heading without case, accents, marks and spaces: ``Biển số xe *`` is ``biensoxe``."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("đ", "d")
    bare = unicodedata.normalize("NFD", plain)
    return "".join(c for c in bare if c.isalnum())


_KNOWN: dict[str, Heading] = {
    folded(name): heading
    for heading in reversed(HEADINGS)
    for name in (*heading.other, heading.path, heading.en, heading.vi, heading.zh)
}


def heading_of(text: str) -> Heading | None:
    """The column of this name in any of the languages, or None."""
    return _KNOWN.get(folded(text))


def meant(path: str, text: str) -> str:
    """What a word in a column means, where it is one of ``CHOICES``."""
    last = path.rpartition(".")[2]
    words = CHOICES.get("country" if last.endswith("country") else last, {})
    return words.get(unicodedata.normalize("NFC", text).strip().casefold(), text)
