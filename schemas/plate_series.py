"""Tables of Vietnamese and Chinese plates, and the position patterns made from them.

All tables are general knowledge of the field [k], not taken from an official register:
they are data on purpose, so that a gate can correct a line without touching a rule.
Vietnam's provinces merged in 2025; plates in use keep the codes listed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DIGITS = frozenset("0123456789")
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class PlateKind(StrEnum):
    """What the form of a plate says about its vehicle."""

    CIVIL = "civil"
    TRUCK = "truck"
    TRAILER = "trailer"
    SPECIAL = "special"
    DIPLOMATIC = "diplomatic"
    ARMY = "army"
    MOTORBIKE = "motorbike"
    NEW_ENERGY = "new_energy"
    NEW_ENERGY_LARGE = "new_energy_large"
    TRAINING = "training"
    POLICE = "police"
    CROSS_BORDER = "cross_border"
    CONSULATE = "consulate"
    EMBASSY = "embassy"


VN_PROVINCES: dict[str, str] = {
    "11": "Cao Bằng", "12": "Lạng Sơn", "14": "Quảng Ninh", "15": "Hải Phòng",
    "16": "Hải Phòng", "17": "Thái Bình", "18": "Nam Định", "19": "Phú Thọ",
    "20": "Thái Nguyên", "21": "Yên Bái", "22": "Tuyên Quang", "23": "Hà Giang",
    "24": "Lào Cai", "25": "Lai Châu", "26": "Sơn La", "27": "Điện Biên", "28": "Hòa Bình",
    "29": "Hà Nội", "30": "Hà Nội", "31": "Hà Nội", "32": "Hà Nội", "33": "Hà Nội",
    "34": "Hải Dương", "35": "Ninh Bình", "36": "Thanh Hóa", "37": "Nghệ An",
    "38": "Hà Tĩnh", "39": "Đồng Nai", "40": "Hà Nội", "41": "Hồ Chí Minh City",
    "43": "Đà Nẵng", "47": "Đắk Lắk", "48": "Đắk Nông", "49": "Lâm Đồng",
    "50": "Hồ Chí Minh City", "51": "Hồ Chí Minh City", "52": "Hồ Chí Minh City",
    "53": "Hồ Chí Minh City", "54": "Hồ Chí Minh City", "55": "Hồ Chí Minh City",
    "56": "Hồ Chí Minh City", "57": "Hồ Chí Minh City", "58": "Hồ Chí Minh City",
    "59": "Hồ Chí Minh City", "60": "Đồng Nai", "61": "Bình Dương", "62": "Long An",
    "63": "Tiền Giang", "64": "Vĩnh Long", "65": "Cần Thơ", "66": "Đồng Tháp",
    "67": "An Giang", "68": "Kiên Giang", "69": "Cà Mau", "70": "Tây Ninh",
    "71": "Bến Tre", "72": "Bà Rịa-Vũng Tàu", "73": "Quảng Bình", "74": "Quảng Trị",
    "75": "Huế", "76": "Quảng Ngãi", "77": "Bình Định", "78": "Phú Yên",
    "79": "Khánh Hòa", "80": "central agencies", "81": "Gia Lai", "82": "Kon Tum",
    "83": "Sóc Trăng", "84": "Trà Vinh", "85": "Ninh Thuận", "86": "Bình Thuận",
    "88": "Vĩnh Phúc", "89": "Hưng Yên", "90": "Hà Nam", "92": "Quảng Nam",
    "93": "Bình Phước", "94": "Bạc Liêu", "95": "Hậu Giang", "97": "Bắc Kạn",
    "98": "Bắc Giang", "99": "Bắc Ninh",
}  # fmt: skip
"""Vietnamese province code -> name. Unused: 10, 13, 42, 44-46, 87, 91, 96. [k]"""

VN_SERIES_LETTERS = frozenset("ABCDEFGHKLMNPSTUVXYZ")
"""Letters of a one-letter series; R is for trailers and semi-trailers only. [k]"""

VN_PAIR_SERIES: dict[str, PlateKind] = {
    "LD": PlateKind.SPECIAL,  # firms with foreign capital
    "KT": PlateKind.SPECIAL,  # army firms
    "MK": PlateKind.SPECIAL,  # tractors
    "TĐ": PlateKind.SPECIAL,  # trial vehicles
    "MĐ": PlateKind.MOTORBIKE,  # electric motorbikes
    "HC": PlateKind.SPECIAL,  # limited area
    "CD": PlateKind.SPECIAL,  # special vehicles of the police
    "NN": PlateKind.DIPLOMATIC,  # foreigners
    "NG": PlateKind.DIPLOMATIC,
    "QT": PlateKind.DIPLOMATIC,  # international organisations
    "CV": PlateKind.DIPLOMATIC,
}
"""Two-letter series that cars and trucks carry, and what each means. [k]"""

VN_ARMY_FIRST = frozenset("ABCDGHKNPQTUVX")
VN_ARMY_SECOND = frozenset("ABCDEGHKLMNPQSTUVXY")
"""Letters of army plates (`TM 12-34`), kept wider than the units known. [k]"""

CN_PROVINCES: dict[str, str] = {
    "京": "Beijing", "津": "Tianjin", "冀": "Hebei", "晋": "Shanxi", "蒙": "Inner Mongolia",
    "辽": "Liaoning", "吉": "Jilin", "黑": "Heilongjiang", "沪": "Shanghai", "苏": "Jiangsu",
    "浙": "Zhejiang", "皖": "Anhui", "闽": "Fujian", "赣": "Jiangxi", "鲁": "Shandong",
    "豫": "Henan", "鄂": "Hubei", "湘": "Hunan", "粤": "Guangdong", "桂": "Guangxi",
    "琼": "Hainan", "渝": "Chongqing", "川": "Sichuan", "贵": "Guizhou", "云": "Yunnan",
    "藏": "Tibet", "陕": "Shaanxi", "甘": "Gansu", "青": "Qinghai", "宁": "Ningxia",
    "新": "Xinjiang",
}  # fmt: skip
"""Chinese province character -> name. [k]"""

CN_LETTERS = LETTERS - frozenset("IO")
CN_SERIAL = DIGITS | CN_LETTERS
CN_ENDINGS: dict[str, PlateKind] = {
    "挂": PlateKind.TRAILER,
    "学": PlateKind.TRAINING,
    "警": PlateKind.POLICE,
    "港": PlateKind.CROSS_BORDER,
    "澳": PlateKind.CROSS_BORDER,
    "领": PlateKind.CONSULATE,
}
"""Last characters that replace the fifth digit. [k]"""

CN_NEW_ENERGY_SMALL = frozenset("ABCDEFGHJK")
CN_NEW_ENERGY_LARGE = frozenset("DF")
CN_ARMY_FIRST = frozenset("VKHBSLJNGCEZ")

CN_MARKS = frozenset(CN_PROVINCES) | frozenset(CN_ENDINGS) | frozenset("使")
"""Every Chinese character that a plate can carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One form of plate: the characters allowed at each position, and limits beyond them.

    ``head`` is the number of leading characters that stand for the place and series (the
    upper line of a plate in two lines). ``letters`` is the most letters that the characters
    after ``head`` may hold.
    """

    country: str
    kind: PlateKind
    positions: tuple[frozenset[str], ...]
    head: int
    letters: int = 9

    def accepts(self, text: str) -> bool:
        """Tell whether ``text`` (normal form) is a plate of this form."""
        if len(text) != len(self.positions):
            return False
        if not all(c in allowed for c, allowed in zip(text, self.positions, strict=True)):
            return False
        if sum(c in LETTERS for c in text[self.head :]) > self.letters:
            return False
        if self.country == "VN" and self.kind is not PlateKind.ARMY:
            return text[:2] in VN_PROVINCES
        return True


def _vietnamese() -> list[Pattern]:
    place = (frozenset("123456789"), DIGITS)
    forms: list[tuple[PlateKind, tuple[frozenset[str], ...], int]] = []
    for kind, letters in (
        (PlateKind.TRUCK, frozenset("C")),
        (PlateKind.TRAILER, frozenset("R")),
        (PlateKind.CIVIL, VN_SERIES_LETTERS - {"C"}),
    ):
        forms += [(kind, (*place, letters), n) for n in (5, 4)]
    for pair, kind in VN_PAIR_SERIES.items():
        series = tuple(frozenset(c) for c in pair)
        forms += [(kind, place + series, n) for n in (5, 4)]
    forms.append((PlateKind.MOTORBIKE, (*place, VN_SERIES_LETTERS, DIGITS), 5))
    forms.append((PlateKind.MOTORBIKE, (*place, VN_SERIES_LETTERS, VN_SERIES_LETTERS), 5))
    forms.append((PlateKind.ARMY, (VN_ARMY_FIRST, VN_ARMY_SECOND), 4))
    return [
        Pattern(country="VN", kind=kind, positions=head + (DIGITS,) * n, head=len(head))
        for kind, head, n in forms
    ]


def _chinese() -> list[Pattern]:
    head = (frozenset(CN_PROVINCES), CN_LETTERS)

    def pattern(
        kind: PlateKind,
        *tail: frozenset[str],
        head: tuple[frozenset[str], ...] = head,
        most: int = 9,
    ) -> Pattern:
        return Pattern(country="CN", kind=kind, positions=head + tail, head=len(head), letters=most)

    digits5 = (DIGITS,) * 5
    forms = [pattern(PlateKind.CIVIL, *(CN_SERIAL,) * 5, most=2)]
    for kind in dict.fromkeys(CN_ENDINGS.values()):
        ends = frozenset(c for c, k in CN_ENDINGS.items() if k is kind)
        forms.append(pattern(kind, *(CN_SERIAL,) * 4, ends, most=2))
    forms += [
        pattern(PlateKind.NEW_ENERGY, CN_NEW_ENERGY_SMALL, CN_SERIAL, *(DIGITS,) * 4),
        pattern(PlateKind.NEW_ENERGY_LARGE, *digits5, CN_NEW_ENERGY_LARGE),
        pattern(PlateKind.ARMY, *digits5, head=(CN_ARMY_FIRST, CN_LETTERS)),
        pattern(PlateKind.EMBASSY, *(DIGITS,) * 6, frozenset("使"), head=()),
        pattern(PlateKind.EMBASSY, *(DIGITS,) * 6, head=(frozenset("使"),)),
    ]
    return forms


PATTERNS: tuple[Pattern, ...] = (*_vietnamese(), *_chinese())
"""Every form of plate, commonest first within a country."""
