"""What letters say, in English: pages' catalogues have the other languages by these sentences.

Each entry is subject and body with ``%(name)s`` places. An event without an entry sends no
letter, only web calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Translate = Callable[[str, str], str]
"""(language, English sentence) -> the sentence in that language."""

LETTERS: dict[str, tuple[str, str]] = {
    "firm.registered": (
        "Your application was received",
        "The application of %(name)s was received. The gate's office will look at it.",
    ),
    "firm.approved": (
        "Your firm was approved",
        "You can sign in now and file declarations.",
    ),
    "firm.refused": ("Your application was refused", "The reason: %(reason)s"),
    "firm.suspended": (
        "Your firm was suspended",
        "Nobody of your firm can sign in or file for now. The reason: %(reason)s",
    ),
    "upload.filed": (
        "%(filed)s of %(total)s declarations of %(name)s were filed",
        (
            "The upload %(name)s has ended. Declarations filed: %(filed)s. Accepted: %(accepted)s; "
            "book their hours now. Waiting for an officer: %(waiting)s. Not filed: %(refused)s. "
            "The report, for one day: %(link)s"
        ),
    ),
    "declaration.submitted": (
        "Declaration %(number)s was submitted",
        "Declaration %(number)s for %(plate)s was submitted.",
    ),
    "declaration.accepted": (
        "Declaration %(number)s was accepted",
        (
            "Declaration %(number)s for %(plate)s was accepted. Book an hour now. Fees due: "
            "%(amount)s %(currency)s."
        ),
    ),
    "declaration.rejected": (
        "Declaration %(number)s was rejected",
        (
            "Declaration %(number)s for %(plate)s was rejected. The reason: %(reason)s Open it "
            "again, put it right and submit it anew."
        ),
    ),
    "declaration.cleared": (
        "Declaration %(number)s is cleared",
        (
            "All authorities have cleared declaration %(number)s for %(plate)s. The truck may "
            "come at its hour."
        ),
    ),
    "declaration.departed": (
        "%(plate)s has passed the gate",
        "%(plate)s has passed the gate on declaration %(number)s.",
    ),
    "declaration.expired": (
        "Declaration %(number)s has expired",
        "Nobody came for declaration %(number)s (%(plate)s). File anew if it is still needed.",
    ),
    "declaration.cancelled": (
        "Declaration %(number)s was cancelled",
        "Declaration %(number)s for %(plate)s was cancelled.",
    ),
    "declaration.fee_recomputed": (
        "The fees of declaration %(number)s have changed",
        (
            "Declaration %(number)s for %(plate)s was amended, so its fees were computed anew. "
            "Due now: %(due)s %(currency)s. Paid too much: %(credit)s %(currency)s; the cashier of "
            "the gate pays it back."
        ),
    ),
    "declaration.clearance_failed": (
        "Declaration %(number)s was not cleared",
        "%(authority)s did not clear declaration %(number)s for %(plate)s: %(note)s",
    ),
}

AUTHORITIES: dict[str, str] = {
    "customs": "Customs", "border_guard": "The border guard", "quarantine": "Quarantine",
}  # fmt: skip
GREETING = "Digital border gate %(site)s"


def english(_language: str, sentence: str) -> str:
    """The sentence as it is: what is used until pages bring their catalogues."""
    return sentence


def letter(
    event: str,
    facts: dict[str, str],
    language: str,
    translate: Translate,
    site: str,
    lines: Sequence[str] = (),
) -> tuple[str, str] | None:
    """Subject and body of the letter about an event, or None where none is sent. ``lines`` stand
    below its sentences.
    """
    if event not in LETTERS:
        return None
    subject, body = (translate(language, text) for text in LETTERS[event])
    known = {name: _one_line(value) for name, value in facts.items()}
    if "authority" in known:
        word = AUTHORITIES.get(known["authority"], known["authority"])
        known["authority"] = translate(language, word)
    foot = translate(language, GREETING) % {"site": site}
    parts = [body % known, "\n".join(_one_line(line) for line in lines), foot]
    return subject % known, "\n\n".join(part for part in parts if part) + "\n"


def _one_line(text: str) -> str:
    """Words from outside stay on one line: they can't add a header or a second letter."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
