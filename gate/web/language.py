"""The words of the request that is being answered, in its language."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache

from gate.web.catalogues import LANGUAGES, SOURCE, Words, load

_current: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def words(language: str) -> Words:
    """The words of a language, read once."""
    return load(language)


def language() -> str:
    """The language of the request that is being answered: ``vi``, ``zh`` or ``en``."""
    return _current.get()


def speak(chosen: str) -> None:
    """Answer in this language from here on (in this task)."""
    _current.set(chosen if chosen in LANGUAGES else SOURCE)


def _(message: str, /, **values: object) -> str:
    """The message in the request's language; ``values`` fill its ``%(name)s`` places."""
    text = words(language()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """The message that fits the number ``n``, which is also the place ``%(n)s``."""
    return words(language()).ngettext(one, many, n) % {"n": n, **values}


def in_language(chosen: str, message: str) -> str:
    """The message in another language than the request's: for letters."""
    return words(chosen if chosen in LANGUAGES else SOURCE).gettext(message)


def N_(message: str, /) -> str:  # noqa: N802 - the name that extraction tools know
    """Mark a message for translation without translating it here."""
    return message
