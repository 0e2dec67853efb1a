"""Which declarations would a plate mean? The real matching, asked while an officer types.

Changes nothing: it gathers and matches as a decision would, and throws the result away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from gate.app.decider import Decider
from gate.app.lane import LaneActor
from gate.core.cameras import REAR
from gate.core.decide import decide, with_correction
from gate.core.match import match
from gate.core.rules_identity import OFFICER_ENGINE
from schemas.declarations import Declaration
from schemas.plates import normalise_plate, parse_plate
from schemas.transit import Decision, DecisionInputs, Match, Seen, SeenPlate

UNKNOWN = "?"
"""An officer's sign for a character that can't be read."""
MOST_TYPED = 20
_ALPHABET = "0123456789ABCDEFGHKLMNPRSTUVXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The candidates best first, and where the text is a whole plate what would be decided."""

    typed: str
    found: Match
    declarations: tuple[Declaration, ...]
    decision: Decision | None


async def rank(decider: Decider, actor: LaneActor, transit: UUID, typed: str) -> Ranking:
    """Rank declarations for the truck at the lane.

    ``typed`` may be empty (what the cameras read counts), a whole plate (exactly what a
    correction to it would match), or a part of one, with ``?`` for a character nobody can read:
    then declarations near the reading are weighed as well. Raises ``StoreError``.
    """
    text = UNKNOWN.join(normalise_plate(part) for part in typed[:MOST_TYPED].split(UNKNOWN))
    whole = parse_plate(text) is not None
    inputs = await decider.gather(actor, transit, text)
    if whole or not text:
        decision = decide(inputs, decider.policy)
        return Ranking(
            typed=text, found=decision.match, declarations=inputs.declarations,
            decision=decision if whole else None,
        )  # fmt: skip
    read = await decider.gather(actor, transit, "")
    both = {d.id: d for d in (*inputs.declarations, *read.declarations)}
    declarations = tuple(both.values())
    found = match(_partly(inputs, text), declarations, decider.policy, inputs.now)
    return Ranking(typed=text, found=found, declarations=declarations, decision=None)


def _partly(inputs: DecisionInputs, text: str) -> Seen:
    """What was seen, with the officer's partly known text in place of the front looks."""
    if UNKNOWN not in text:
        return with_correction(replace(inputs.seen, corrected_plate=text))
    share = 1 / len(_ALPHABET)
    anything = tuple((char, share) for char in _ALPHABET)
    look = SeenPlate(
        capture=inputs.seen.transit, role="front", text=text, confidence=1.0, engine=OFFICER_ENGINE,
        characters=tuple(anything if c == UNKNOWN else ((c, 1.0),) for c in text),
    )  # fmt: skip
    rear = tuple(seen for seen in inputs.seen.plates if seen.role == REAR)
    return replace(inputs.seen, corrected_plate="", plates=(look, *rear))
