"""Why an officer's act is refused: sentences with places, for pages to translate."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """The sentences. ``%(name)s`` places are filled with the refusal's facts."""

    ROLE = "the role %(role)s may look at lanes but not act"
    NOT_YOURS = "this lane is not yours, or another process runs it"
    NO_PLATE = "%(plate)s has the form of no Vietnamese or Chinese plate"
    SAY_WHY = "say why: the reason is kept with the act"
    OVERRIDE_WORDS = "say why: choose a reason from the list and add your own words"
    STANDS = "%(code)s can't be overridden: %(way)s"
    STANDS_FAST = "%(code)s can't be overridden: it stands"
    NEEDS = "%(code)s needs a %(who)s: call one, or %(way)s"
    SECOND = "a second person must confirm this: enter their sign-in"
    SAME_PERSON = "the second person must be another officer than the first"
    UNCONFIRMED = "the account %(name)s is no second pair of eyes until it is confirmed"
    NOTHING_TO_INSPECT = "say what to inspect: choose at least one task"
    TAKEN_MEANWHILE = "somebody else has taken this lane meanwhile: look again"
    NOT_ON_LANE = "you are not on this lane: there is nothing to hand over"


class ActRefused(Exception):
    """The act is not possible; the text tells the officer why and what to do instead.

    ``sentence`` is the text with its places open, ``facts`` are what fills them.
    """

    def __init__(self, sentence: str, /, **facts: str) -> None:
        super().__init__(sentence % facts if facts else str(sentence))
        self.sentence = str(sentence)
        self.facts = facts
