"""Taking what must be forgotten out of stored inputs and decisions; what remains stays readable."""

from __future__ import annotations

from typing import Any

ERASED = "erased"
SHORTEST = 4
"""Shorter words would take more out than the person; Chinese names have two or three characters."""


def without(plain: Any, words: frozenset[str]) -> Any:
    """The value with every text that contains one of the words replaced by ``erased``.

    Keys stay; a text that only contains the word loses all of itself: what stands around a
    name is often about the person too.
    """
    wanted = tuple(word.casefold() for word in words if len(word) >= _shortest(word))
    return _without(plain, wanted)


def _shortest(word: str) -> int:
    """Two characters where one is an ideograph (CJK unified ideographs begin at U+3400)."""
    return 2 if any("\u3400" <= c <= "\u9fff" for c in word) else SHORTEST


def _without(plain: Any, words: tuple[str, ...]) -> Any:
    if isinstance(plain, dict):
        return {key: _without(inner, words) for key, inner in plain.items()}
    if isinstance(plain, list):
        return [_without(inner, words) for inner in plain]
    if isinstance(plain, str) and any(word in plain.casefold() for word in words):
        return ERASED
    return plain


def bare(decision: dict[str, Any]) -> dict[str, Any]:
    """A decision reduced to its outcome and the codes of its reasons."""
    reasons = [{**reason, "text": ERASED, "facts": []} for reason in decision.get("reasons", [])]
    return {
        "outcome": decision["outcome"], "reasons": reasons, "plate": "", "declaration": None,
        "match": {"candidates": [], "none": 1.0}, "rules": decision.get("rules", 1),
    }  # fmt: skip
