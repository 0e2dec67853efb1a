"""What is wrong with a policy, in the reader's language: the key as it is typed, then why."""

from __future__ import annotations

from config.policy_problems import TEXTS, PolicyInvalid, PolicyProblem
from gate.web.catalogues import SOURCE
from gate.web.language import _, language


def told(error: PolicyInvalid) -> list[str]:
    """Each problem; English keeps the words of the libraries, which say a little more."""
    if language() == SOURCE:
        return [problem.text for problem in error.problems]
    return [_told(problem) for problem in error.problems]


def _told(problem: PolicyProblem) -> str:
    words = _(TEXTS[problem.code], **dict(problem.facts))
    return f"{problem.at}: {words}" if problem.at else words
