"""In which encoding a text file was written: Unicode, or one of the neighbourhood's old ones."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable

from gate.app.firms.bulk.headings import heading_of
from gate.app.firms.bulk.refusals import Unusable
from gate.app.firms.errors import UploadRefused

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TCVN3 = re.compile("[A-Za-zÀ-ỹ][¨©ª«¬®¡¢§£¤¥¦¸µ¶¹¾»¼½][A-Za-zÀ-ỹ]")
"""A letter of TCVN 5712 as it looks where it is taken for Latin-1, inside a word."""
_LETTERS = frozenset("aăâbcdđeêghiklmnoôơpqrstuưvxyfjzw")


def decoded(data: bytes) -> tuple[str, str]:
    """The file's text and the name of its encoding.

    UTF-8 and UTF-16 are known by their marks or their form; what is neither is GB 18030 or
    Windows-1258 where that gives known headings or plausible words.

    Raises:
        UploadRefused: none of these.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strictly(data, name), name.removesuffix("-sig")
    if _looks_like_utf16(data):
        name = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return _strictly(data, name), "utf-16"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _old(data)


def garbled(text: str) -> bool:
    """Whether words hold letters of TCVN3 taken for Latin-1: ``NguyÔn V¨n Hïng``."""
    return _TCVN3.search(text) is not None


def _strictly(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        said = name.upper()
        raise UploadRefused("encoding", Unusable.NOT_AS_SAID, encoding=said) from error


def _looks_like_utf16(data: bytes) -> bool:
    """Without a mark: in ASCII text of a heading every second byte is zero."""
    head = data[:64]
    return len(head) >= 8 and (
        head[1::2].count(0) * 2 > len(head[1::2]) or head[0::2].count(0) * 2 > len(head[0::2])
    )


def _old(data: bytes) -> tuple[str, str]:
    tried: list[tuple[int, bool, str, str]] = []
    plausible: dict[str, Callable[[str], bool]] = {"gb18030": _chinese, "cp1258": _vietnamese}
    for name, fits in plausible.items():
        try:
            text = unicodedata.normalize("NFC", data.decode(name))
        except UnicodeDecodeError:
            continue
        first = text.splitlines()[0] if text else ""
        cells = first.replace(";", ",").replace("\t", ",").split(",")
        known = sum(heading_of(cell) is not None for cell in cells)
        tried.append((known, fits(text), name, text))
    tried.sort(reverse=True)
    if not tried or not tried[0][1] or tried[0][0] == 0:
        raise UploadRefused("encoding", Unusable.ENCODING)
    return tried[0][3], tried[0][2]


def _chinese(text: str) -> bool:
    """Common characters, as GB 2312 has them: other bytes taken for GB 18030 give rare ones."""
    foreign = [c for c in text if not c.isascii()]
    common = sum(_in(c, "gb2312") for c in foreign)
    return bool(foreign) and common >= 0.95 * len(foreign)


def _vietnamese(text: str) -> bool:
    """Letters of the Vietnamese alphabet, whatever their tone."""
    foreign = [c for c in text if not c.isascii()]
    base = (unicodedata.normalize("NFD", c)[0].lower() for c in foreign)
    right = sum(c in _LETTERS or c == "đ" for c in base)
    return bool(foreign) and right >= 0.95 * len(foreign)


def _in(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
