"""Words for errors that the router and the parser raise without words of ours."""

from __future__ import annotations

from aiohttp import web

from gate.web.language import N_, _

WORDS = {
    400: N_("This request can't be read."),
    404: N_("There is nothing at this address."),
    405: N_("This can't be done at this address."),
    413: N_("This is too large to be sent in one piece."),
    415: N_("This kind of file or form can't be read here."),
}
OTHERS = N_("This request can't be answered.")
_TOO_LARGE = "Maximum request body size"
"""How aiohttp's own words for a body that is too large begin."""


def words_of(error: web.HTTPException) -> str:
    """The error's own words, or those of its status where it has none but the library's."""
    text = error.text or ""
    theirs = {"", error.reason, f"{error.status}: {error.reason}"}
    if text in theirs or text.startswith(_TOO_LARGE):
        return _(WORDS.get(error.status, OTHERS))
    return text
