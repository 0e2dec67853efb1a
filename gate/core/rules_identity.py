"""Rules about who this is: plates, looks, and the match with a declaration."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from gate.core.cameras import REAR, target
from gate.core.likelihood import MISREAD, Sight
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
    if not weakest(best) >= policy.character_min:
        at = min(range(len(best.text)), key=lambda i: _sure(best, i))
        yield reason(
            "PLATE_DOUBTFUL",
            f"character {at + 1} of {best.text} is unsure ({_sure(best, at):.0%})",
            read=best.text,
        )


def one_declaration(seen: Seen, found: Match, policy: Policy) -> Iterator[Reason]:
    """Is there exactly one declaration that this truck can be?"""
    best = found.best
    if best is None or not best.probability > found.none:
        read = ", ".join(sorted({look.text for look in usable(seen, policy)}))
        if read:
            yield reason("NO_DECLARATION", f"no declaration names {read}", read=read)
        return
    needed = policy.costs.release_min
    second = found.candidates[1] if len(found.candidates) > 1 else None
    if second is not None and not second.probability <= 1 - needed:
        yield reason(
            "SEVERAL_DECLARATIONS",
            f"{best.number} ({best.probability:.0%}) or {second.number} ({second.probability:.0%})",
        )
    elif not best.probability >= needed:
        text = f"{best.number} fits with {best.probability:.2%}, opening needs {needed:.2%}"
        yield reason("PLATE_DOUBTFUL", text)


def as_declared(seen: Seen, declaration: Declaration, policy: Policy) -> Iterator[Reason]:
    """Do each camera's looks show exactly the declared plate?

    A near miss never opens: the officer sees both texts. Nor do looks that contradict each
    other, where the surest one has another text that explains them all as well as the declared.
    """
    looks = usable(seen, policy)
    for role in sorted({look.role for look in looks}):
        own = [look for look in looks if look.role == role]
        declared = target(own[0], declaration)
        best = max(own, key=lambda look: (look.confidence, look.text != declared))
        if best.text != declared and not _outweighed(best, own, declared):
            yield _differs(best, declared, declaration)
    if any(look.engine == OFFICER_ENGINE for look in looks) or not looks:
        return
    if (
        declaration.trailer_plate
        and REAR in policy.roles
        and not any(k.role == REAR for k in looks)
    ):
        declared = declaration.trailer_plate
        yield reason("PLATE_UNREADABLE", "the trailer's plate could not be read", declared=declared)
    agreeing = sources(seen, declaration, policy)
    if len(agreeing) < policy.sources_needed:
        said = " and ".join(agreeing) or "nothing"
        text = f"{said} agrees with the declaration, {policy.sources_needed} sources are needed"
        yield reason("PLATE_DOUBTFUL", text)


def sources(seen: Seen, declaration: Declaration, policy: Policy) -> tuple[str, ...]:
    """The independent sources that agree with the declaration, by name.

    Looks of one camera are one source: a cloned plate, or one held up as a photograph,
    is as clear in ten pictures as in one. ``same_plate_once`` says so of one plate seen by
    several cameras too.
    """
    agreeing = {
        look.role: look.text
        for look in usable(seen, policy)
        if look.text == target(look, declaration)
    }
    if policy.same_plate_once:
        first = {text: role for role, text in sorted(agreeing.items(), reverse=True)}
        agreeing = {role: text for text, role in first.items()}
    found = [f"the {role} plate" for role in sorted(agreeing)]
    if set(seen.containers) & set(declaration.containers):
        found.append("the container")
    numbers = {paper.number for paper in seen.documents if not paper.problem}
    if declaration.driver_document and declaration.driver_document in numbers:
        found.append("the driver's document")
    shown = seen.gate_pass
    if shown is not None and not shown.problem and shown.declaration == declaration.number:
        found.append("the gate pass")
    return tuple(found)


def typed_over(seen: Seen, declaration: Declaration, policy: Policy) -> Iterator[Reason]:
    """Did an officer type a plate that has nothing to do with what the cameras surely read?

    A correction mends a misreading. Another plate altogether is more than one officer's word
    may open for: with it any truck could pass on any declaration. ``seen`` is as it was seen.
    """
    if not seen.corrected_plate:
        return
    fronts = [look for look in usable(seen, policy) if look.role != REAR]
    if any(near(look.text, seen.corrected_plate) for look in fronts):
        return
    sure = [look for look in fronts if weakest(look) >= policy.character_min]
    if sure:
        best = max(sure, key=lambda look: look.confidence)
        yield _differs(best, declaration.tractor_plate, declaration)


def _outweighed(best: SeenPlate, looks: list[SeenPlate], declared: str) -> bool:
    """Whether the other looks of its camera say the declared plate more surely than ``best``
    says another.
    """
    if all(look.text != declared for look in looks):
        return False
    sight = Sight(best.role, looks, MISREAD)
    return sight.of_plate(declared) > sight.of_plate(best.text)


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


def readers(seen: Seen, policy: Policy) -> Iterator[Reason]:
    """Do two readers of one picture say the same?"""
    by_capture: dict[UUID, dict[str, str]] = {}
    for look in usable(seen, policy):
        by_capture.setdefault(look.capture, {})[look.engine] = look.text
    for said in by_capture.values():
        if len(set(said.values())) > 1:
            texts = " or ".join(sorted(set(said.values())))
            yield reason("READERS_DISAGREE", f"two readers of one picture say {texts}")
            return


def containers(seen: Seen, declaration: Declaration, policy: Policy) -> Iterator[Reason]:
    """Is every container that was read a declared one?"""
    if not seen.containers and declaration.containers and "container" in policy.require:
        declared = ", ".join(declaration.containers)
        yield reason("CONTAINER_MISMATCH", "no container number was read", declared=declared)
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
