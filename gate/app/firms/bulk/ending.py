"""The one letter about an upload: what was filed, what was not, and why, for the first rows."""

from __future__ import annotations

from collections.abc import Sequence

from gate.app.firms.bulk.preview import Preview, problems_from_plain
from gate.app.firms.bulk.sheets import column_name, sentence
from gate.app.firms.wording import Translate
from gate.core.filing.problems import Problem, errors_in
from gate.store import bulk_commits
from gate.store.bulk_commits import CommitRow
from gate.store.pool import Connection

EVENT = "upload.filed"
MOST_ROWS = 10
"""Rows that the letter names with what is wrong; the report has all."""
STOPPED: dict[str, str] = {
    "firm_not_approved": "It stopped, because your firm is not approved any more.",
    "row_refused": "Rows had errors when they were to be filed, so that none was: all or nothing.",
    "unreadable": "It stopped because of a fault here: upload the table again.",
}
ROW = "Row %(row)s: %(problems)s"
MORE = "… and %(n)s more."
WORDS = (ROW, MORE, *STOPPED.values())

_Wrong = tuple[int, Sequence[Problem]]
"""A row of the file (the heading is row 1) and its errors."""


class Ending:
    """What a letter says about an upload that has ended."""

    def __init__(self, facts: dict[str, str], stopped: str, wrong: Sequence[_Wrong]) -> None:
        self.facts = facts
        self._stopped = stopped
        self._wrong = wrong

    def lines(self, language: str, translate: Translate) -> list[str]:
        """Why it stopped, and the first rows that were not filed, in a language."""
        made = [translate(language, STOPPED[self._stopped])] if self._stopped else []
        for row, problems in self._wrong[:MOST_ROWS]:
            told = " ".join(_told(one, language, translate) for one in problems)
            made.append(translate(language, ROW) % {"row": row, "problems": told})
        if len(self._wrong) > MOST_ROWS:
            left = len(self._wrong) - MOST_ROWS
            made.append(translate(language, MORE) % {"n": f"{left:,}"})
        return made


async def ending_of(
    connection: Connection, asked: CommitRow, preview: Preview | None, stopped: str, pages: str
) -> Ending:
    """The sums of an upload, also with what this transaction wrote. ``preview`` None: it could
    not be read any more; ``pages``: where the pages are, or empty.
    """
    sums = await bulk_commits.sums(connection, asked.upload_id)
    filed = sum(sums.values())
    late = [(row.line, problems_from_plain(row.problems))
            for row in await bulk_commits.refused(connection, asked.upload_id)]  # fmt: skip
    early = [] if preview is None else [(row.numbers[0], errors_in(row.problems))
                                        for row in preview.bad]  # fmt: skip
    total = asked.rows + asked.left_out
    facts = {
        "name": asked.actor if preview is None else preview.name, "total": f"{total:,}",
        "filed": f"{filed:,}", "refused": f"{total - filed:,}",
        "accepted": f"{sums.get('accepted', 0):,}", "waiting": f"{sums.get('submitted', 0):,}",
        "link": f"{pages.rstrip('/')}/portal/bulk/{asked.upload_id}",
    }  # fmt: skip
    return Ending(facts, stopped, sorted([*early, *late], key=lambda one: one[0]))


def _told(problem: Problem, language: str, translate: Translate) -> str:
    words = sentence(problem, language, translate)
    return f"{column_name(problem.path, language)}: {words}" if problem.path else words
