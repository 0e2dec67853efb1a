"""The words of the pages in each language: gettext catalogues, read from plain PO files.

English is the source. A language is a folder below ``locale`` with one PO file an area
(``console.po``, ``portal.po``, ...); a message may stand in any of them.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale"
SOURCE = "en"
LANGUAGES = {"vi": "Tiếng Việt", "zh": "中文", "en": "English"}
"""Code and own name of each language, in the order shown."""


class Words(gettext.NullTranslations):
    """The translations of one language; a message without one stays English."""

    def __init__(self, language: str, messages: dict[str, tuple[str, ...]], plural: str) -> None:
        super().__init__()
        self.language = language
        self._messages = messages
        self._plural = gettext.c2py(plural)

    def gettext(self, message: str) -> str:
        """The translation of a message."""
        found = self._messages.get(message)
        return found[0] if found else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The translation that fits the number ``n``."""
        found = self._messages.get(msgid1)
        if found is None:
            return msgid1 if n == 1 else msgid2
        return found[min(self._plural(n), len(found) - 1)]

    def has(self, message: str) -> bool:
        """Whether the language has its own words for the message."""
        return message in self._messages


def catalogues(language: str) -> Iterator[tuple[Path, Catalog]]:
    """Every PO file of a language."""
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=language, abort_invalid=True)


def load(language: str) -> Words:
    """All words of one language. Where two files differ over a message, the first one counts;
    a test says so.
    """
    messages: dict[str, tuple[str, ...]] = {}
    plural = "n != 1"
    for _path, catalogue in catalogues(language):
        plural = catalogue.plural_expr
        for message in catalogue:
            told = _told(message)
            if not message.id or told is None:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            messages.setdefault(key, told)
    return Words(language, messages, plural)


def _told(message: Message) -> tuple[str, ...] | None:
    if message.fuzzy or not message.string:
        return None
    told = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return told if all(told) else None
