"""The evidence for a declaration in words, source by source, for the officer and the record."""

from __future__ import annotations

from collections import Counter
from math import log

from gate.core import papers
from gate.core.cameras import target_plate
from gate.core.likelihood import Sight
from gate.core.normalize import near
from schemas.declarations import Declaration
from schemas.plates import written_plate
from schemas.policy import Policy
from schemas.transit import Seen

Evidence = tuple[tuple[str, ...], tuple[tuple[str, float], ...]]


def evidence(
    seen: Seen,
    sights: tuple[Sight, ...],
    declaration: Declaration,
    policy: Policy,
) -> Evidence:
    """Sentences such as "rear plate 14R-012.34 read 97 %, as declared", and each source's
    weight: the decimal logarithm of its likelihood ratio to an undeclared truck.
    """
    words: list[str] = []
    weights: list[tuple[str, float]] = []
    for sight in sights:
        declared = target_plate(sight.role, declaration)
        words += _looks(sight, declared)
        weights.append((f"{sight.role} plate", sight.of_plate(declared) - sight.chance))
    if seen.containers:
        words += [_container(number, declaration) for number in seen.containers]
        weights.append(("container", papers.containers(seen.containers, declaration)))
    said = _driver(seen, declaration)
    if said:
        words.append(said)
        weights.append(("driver's document", papers.documents(seen.documents, declaration)))
    shown = seen.gate_pass
    if shown is not None and not shown.problem:
        of_this = shown.declaration == declaration.number
        words.append(
            "gate pass is of this declaration"
            if of_this
            else f"gate pass is of {shown.declaration}"
        )
        weights.append(("gate pass", papers.gate_pass(shown, declaration, policy)))
    return tuple(words), tuple((source, _decimal(value)) for source, value in weights)


def _looks(sight: Sight, declared: str) -> list[str]:
    """One sentence for each text that the camera's looks gave, commonest first."""
    texts = Counter(look.text for look in sight.looks)
    words = []
    for text, times in texts.most_common():
        sure = max(look.confidence for look in sight.looks if look.text == text)
        if text == declared:
            verdict = "as declared"
        elif near(text, declared):
            verdict = f"close to the declared {written_plate(declared)}"
        else:
            verdict = f"differs from the declared {written_plate(declared)}"
        looks = f" in {times} looks" if times > 1 else ""
        words.append(f"{sight.role} plate {written_plate(text)} read {sure:.0%}{looks}, {verdict}")
    return words


def _container(number: str, declaration: Declaration) -> str:
    if number in declaration.containers:
        return f"container {number} matches"
    close = next((c for c in declaration.containers if papers.one_off(number, c)), None)
    if close is not None:
        return f"container {number} is close to the declared {close}"
    return f"container {number} is not declared"


def _driver(seen: Seen, declaration: Declaration) -> str:
    numbers = [d.number for d in seen.documents if d.number and not d.problem]
    if not numbers or not declaration.driver_document:
        return ""
    if declaration.driver_document in numbers:
        return "driver's document matches"
    return "driver's document is not the declared driver's"


def _decimal(natural: float) -> float:
    # Adding zero turns a negative zero into zero: both must be stored as one text.
    return round(natural / log(10), 2) + 0.0
