"""Every message of the pages has its words in each language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import gate.web
from gate.web.catalogues import FOLDER, LANGUAGES, SOURCE, catalogues, load
from gate.web.script_words import STATIC, messages_in
from gate.web.table_words import table_words

WEB = Path(gate.web.__file__).parent
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")
OTHERS = [language for language in LANGUAGES if language != SOURCE]


def used() -> Iterator[tuple[str, str]]:
    """Each message and where it stands."""
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    for path in WEB.rglob("*.py"):
        with path.open("rb") as file:
            for line, message, _comments, _context in extract("python", file, keywords):
                yield _first(message), f"{path.name}:{line}"
    for path in (WEB / "templates").rglob("*.html"):
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        with path.open("rb") as file:
            found = extract("jinja2.ext:babel_extract", file, keywords, options=options)
            for line, message, _comments, _context in found:
                yield _first(message), f"{path.name}:{line}"
    for path in STATIC.rglob("*.js"):
        for message in messages_in(path):
            yield message, path.name
    for message in table_words():
        yield message, "table_words.py"


def _first(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language: str) -> None:
    words = load(language)
    missing = sorted(
        {f"{message!r} ({where})" for message, where in used() if not words.has(message)}
    )
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_translations_fill_the_same_places(language: str) -> None:
    wrong = []
    for _path, catalogue in catalogues(language):
        for message in catalogue:
            if not message.id:
                continue
            source, told = (
                ((message.id,), (message.string,))
                if isinstance(message.id, str)
                else (message.id, message.string)
            )
            wanted = set(PLACE.findall(source[-1]))
            wrong += [text for text in told if text and set(PLACE.findall(text)) != wanted]
    assert wrong == []


def test_no_message_of_a_script_is_overlooked() -> None:
    """The extraction does not look into every template literal: such a message stays English."""
    call = re.compile(r'(?<![\w.])t\(\s*"((?:[^"\\]|\\.)*)"')
    overlooked = []
    for path in STATIC.rglob("*.js"):
        text = re.sub(r"(?m)^\s*//.*$", "", path.read_text("utf-8"))
        overlooked += [f"{path.name}: {m}" for m in set(call.findall(text)) - {*messages_in(path)}]
    assert overlooked == []


def test_every_catalogue_is_read_without_complaint() -> None:
    paths = sorted(FOLDER.rglob("*.po"))
    assert {path.parent.name for path in paths} == set(OTHERS)
    for path in paths:
        with path.open("rb") as file:
            read_po(file, locale=path.parent.name, abort_invalid=True)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: str) -> None:
    known = {message for message, _ in used()}
    left = sorted(
        f"{path.name}: {message.id!r}"
        for path, catalogue in catalogues(language)
        for message in catalogue
        if message.id and _first(message.id) not in known
    )
    assert left == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_translated_in_two_ways(language: str) -> None:
    told: dict[str, str] = {}
    twice = sorted(
        f"{path.name}: {message.id!r}"
        for path, catalogue in catalogues(language)
        for message in catalogue
        if isinstance(message.id, str) and message.id
        if told.setdefault(message.id, str(message.string)) != message.string
    )
    assert twice == []
