"""Problems of what was typed, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from gate.core.filing.problems import TEXTS, Problem
from gate.web.language import N_, _

KINDS = {"export": N_("export"), "import": N_("import"), "transit": N_("transit")}
"""Words of facts that are codes."""


def told(problem: Problem) -> str:
    """The sentence of a problem with its facts."""
    facts = {
        name: _(KINDS[value]) if name == "kind" and value in KINDS else value
        for name, value in problem.facts
    }
    return _(TEXTS[problem.code], **facts) if facts else _(TEXTS[problem.code])


def as_json(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems as the scripts of the pages show them."""
    return [
        {"path": p.path, "code": p.code, "severity": p.severity.value, "text": told(p)}
        for p in problems
    ]
