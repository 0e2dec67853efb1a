"""The words that scripts need: messages found in the scripts, told in the page's language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from gate.web.catalogues import SOURCE
from gate.web.language import language, words

STATIC = Path(__file__).parent / "static"


def messages_in(path: Path) -> Iterator[str]:
    """The messages of one script: the first argument of each ``t(...)`` call, also of those
    inside template literals.
    """
    options = {"parse_template_string": "true"}
    with path.open("rb") as file:
        found = extract("javascript", file, {"t": None}, options=options)
        for _line, message, _comments, _context in found:
            yield message if isinstance(message, str) else message[0]


@cache
def _messages(area: str) -> tuple[str, ...]:
    """Messages of the shared scripts and of the area's folder."""
    paths = [*STATIC.glob("*.js"), *(STATIC / area).glob("*.js")]
    return tuple(sorted({message for path in paths for message in messages_in(path)}))


@cache
def _element(area: str, spoken: str) -> Markup:
    told = {m: words(spoken).gettext(m) for m in _messages(area)} if spoken != SOURCE else {}
    text = htmlsafe_json_dumps(told, ensure_ascii=False)
    return Markup('<script type="application/json" id="words">{}</script>').format(text)


def script_words(area: str = "") -> Markup:
    """The element that ``words.js`` reads its messages from (data, never run)."""
    return _element(area, language())
