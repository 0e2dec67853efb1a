"""Messages that stand in tables below the pages' floor, for the test of the catalogues."""

from __future__ import annotations

from collections.abc import Iterator

from config.policy_problems import TEXTS as POLICY_TEXTS
from gate.app.firms.bulk.ending import WORDS as ENDING_WORDS
from gate.app.firms.bulk.refusals import Unusable
from gate.app.firms.bulk.sheets import REPORT_WORDS
from gate.app.firms.wording import AUTHORITIES, GREETING, LETTERS
from gate.app.inspections import TASKS
from gate.app.officer import REASONS
from gate.app.refusals import Refusal
from gate.core.filing.problems import TEXTS
from gate.core.reasons import RULES


def table_words() -> Iterator[str]:
    """Each message that a page translates although no page's source spells it."""
    for rule in RULES.values():
        if rule.way:
            yield rule.way
    yield from TEXTS.values()
    yield from POLICY_TEXTS.values()
    for subject, body in LETTERS.values():
        yield subject
        yield body
    yield from AUTHORITIES.values()
    yield GREETING
    yield from REPORT_WORDS
    yield from ENDING_WORDS
    yield from Unusable
    yield from Refusal
    yield from TASKS.values()
    yield from REASONS.values()
