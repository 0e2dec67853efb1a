"""Rules about who this is: plates, looks, and the match with a declaration."""

from __future__ import annotations

from collections.abc import Iterator

from gate.core.match import target
from gate.core.normalize import near
from gate.core.reasons import reason
from schemas.declarations import Declaration
from schemas.plates import parse_plate
from schemas.policy import Policy
from schemas.transit import Match, Reason, Seen, SeenPlate

OFFICER_ENGINE = "officer"
"""The engine name of a plate that an officer typed."""


def usable(seen: Seen, policy: Policy) -> tuple[SeenPlate, ...]:
    """The looks that count: read as a plate, and sure enough as a whole."""
    return tuple(
        look
        for look in seen.plates
        if look.confidence >= policy.plate_min and parse_plate(look.text) is not None
    )


def plates(seen: Seen, policy: Policy) -> Iterator[Reason]:
    """Was the vehicle's own plate read, and surely enough?"""
    looks = usable(seen, policy)
    if not looks:
        said = ", ".join(sorted({why for _, why in seen.unread})) or "no picture showed a plate"
        yield reason("PLATE_UNREADABLE", f"no plate could be read ({said})")
        return
    fronts = [look for look in looks if look.role != "rear"]
    if not fronts:
        yield reason("PLATE_UNREADABLE", "the front plate could not be read; only the rear one was")
        return
    best = max(fronts, key=weakest)
    if weakest(best) < policy.character_min:
        at = min(range(len(best.text)), key=lambda i: _sure(best, i))
        yield reason(
            "PLATE_DOUBTFUL",
            f"character {at + 1} of {best.text} is unsure ({_sure(best, at):.0%})",
            read=best.text,
        )


def one_declaration(seen: Seen, found: Match, policy: Policy) -> Iterator[Reason]:
    """Is there exactly one declaration that this truck can be?"""
    best = found.best
    if best is None or best.probability <= found.none:
        read = ", ".join(sorted({look.text for look in usable(seen, policy)}))
        if read:
            yield reason("NO_DECLARATION", f"no declaration names {read}", read=read)
        return
    second = found.candidates[1] if len(found.candidates) > 1 else None
    if second is not None and second.probability > 1 - policy.release_min:
        yield reason(
            "SEVERAL_DECLARATIONS",
            f"{best.number} ({best.probability:.0%}) or {second.number} ({second.probability:.0%})",
        )
    elif best.probability < policy.release_min or found.margin < policy.margin_min:
        yield reason("PLATE_DOUBTFUL", f"{best.number} fits with only {best.probability:.1%}")


def as_declared(seen: Seen, declaration: Declaration, policy: Policy) -> Iterator[Reason]:
    """Does each camera's best look show exactly the declared plate?

    A near miss never opens: the officer sees both texts.
    """
    looks = usable(seen, policy)
    agreeing = {look.capture for look in looks if look.text == target(look, declaration)}
    for role in sorted({look.role for look in looks}):
        own = [look for look in looks if look.role == role]
        best = max(own, key=lambda look: look.confidence)
        declared = target(best, declaration)
        if any(look.text == declared for look in own):
            continue
        yield _differs(best, declared, declaration)
    typed = any(look.engine == OFFICER_ENGINE for look in looks)
    if looks and not typed and len(agreeing) < policy.looks_needed:
        yield reason(
            "PLATE_DOUBTFUL",
            f"{len(agreeing)} of {policy.looks_needed} looks show the declared plates",
        )


def _differs(look: SeenPlate, declared: str, declaration: Declaration) -> Reason:
    facts = {"read": look.text, "declared": declared, "role": look.role}
    if near(look.text, declared):
        text = f"the {look.role} plate reads {look.text}, declared is {declared}"
        return reason("PLATE_DOUBTFUL", text, **facts)
    if look.role == "rear" and declaration.trailer_plate:
        text = f"the trailer is {look.text}, declared is {declared}"
        return reason("TRAILER_MISMATCH", text, **facts)
    text = f"the {look.role} plate reads {look.text}, the vehicle is declared as {declared}"
    return reason("FRONT_REAR_DIFFER", text, **facts)


def containers(seen: Seen, declaration: Declaration) -> Iterator[Reason]:
    """Is every container that was read a declared one?"""
    foreign = sorted(set(seen.containers) - set(declaration.containers))
    if foreign:
        declared = ", ".join(declaration.containers) or "none"
        yield reason(
            "CONTAINER_MISMATCH",
            f"container {', '.join(foreign)} is not declared (declared: {declared})",
            read=", ".join(foreign),
            declared=declared,
        )


def weakest(look: SeenPlate) -> float:
    """Probability of the least sure character: what a reading is judged by, never the mean."""
    return min((_sure(look, i) for i in range(len(look.text))), default=0.0)


def _sure(look: SeenPlate, at: int) -> float:
    listed = look.characters[at] if at < len(look.characters) else ()
    return next((p for c, p in listed if c == look.text[at]), 0.0)
