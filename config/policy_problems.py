"""What can be wrong with a policy: a code, the key it is about, and facts, for every reader.

The tools show the English words; pages tell each problem by its code in the reader's language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from tomllib import TOMLDecodeError
from typing import Any

TEXTS: dict[str, str] = {
    "file": "the file can't be read",
    "toml_at": "not TOML at line %(line)s, column %(column)s: look for a missing quote, bracket "
    "or =, or a key given twice",
    "toml": "not TOML: the text ends too early",
    "too_long": "longer than %(most)s characters",
    "unknown_key": "unknown key",
    "whole_number": "must be a whole number",
    "number": "must be a number",
    "yes_no": "must be true or false",
    "words": "must be a text in quotes",
    "list": "must be a list in brackets",
    "section": "must be a section with keys of its own",
    "missing": "an entry of the list has too few parts",
    "surplus": "an entry of the list has too many parts",
    "value": "this value can't be used",
    "between_0_1": "must lie between 0 and 1",
    "from_0_to_1": "must lie from 0 to 1",
    "at_least_1": "must be at least 1",
    "negative": "can't be negative",
    "positive": "must be positive",
    "costs": "a wrong release must cost at least as much as an unneeded hold",
    "too_sure": "the ratio asks for more than %(most)s; matches are not that fine",
    "seed": "set one of your own, or every draw can be foreseen",
    "tolerances": "tolerances can't be negative",
    "clones": "speed_kmh must be positive, return_ms not negative",
    "evidence": "%(name)s is none of %(known)s",
    "role": "%(name)s is no camera place",
}
"""Code -> words with places."""
_TYPES = {"int": "whole_number", "float": "number", "finite": "number", "bool": "yes_no",
          "string": "words", "tuple": "list", "dataclass": "section", "missing": "missing",
          "too": "surplus", "unexpected": "surplus"}  # fmt: skip
"""First word of a type of pydantic's problems -> code."""
_LINE = re.compile(r"\(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProblem:
    """One thing wrong. ``at`` is the key (``costs.wrong_release``) or the file, empty for the
    whole text; ``said`` are a library's own words, which the tools show instead.
    """

    code: str
    at: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    said: str = ""

    @property
    def text(self) -> str:
        """The problem in English."""
        words = self.said or TEXTS[self.code] % dict(self.facts)
        return f"{self.at}: {words}" if self.at else words


class PolicyInvalid(ValueError):
    """The policy can't be used; the text lists every problem, ``problems`` has them by code."""

    def __init__(self, *problems: PolicyProblem) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems


def problem(code: str, at: str = "", /, **facts: str) -> PolicyProblem:
    """A problem with the values behind it."""
    return PolicyProblem(code=code, at=at, facts=tuple(facts.items()))


def of_toml(error: TOMLDecodeError, at: str = "") -> PolicyProblem:
    """What the reader of TOML says, with line and column as facts."""
    found = _LINE.search(str(error))
    facts = (("line", found[1]), ("column", found[2])) if found else ()
    code = "toml_at" if found else "toml"
    return PolicyProblem(code=code, at=at, facts=facts, said=f"not TOML: {error}")


def of_type(error: dict[str, Any]) -> PolicyProblem:
    """One entry of pydantic's ``ValidationError.errors()``."""
    code = _TYPES.get(error["type"].split("_")[0], "value")
    at = ".".join(map(str, error["loc"]))
    return PolicyProblem(code=code, at=at, said=error["msg"].lower())
