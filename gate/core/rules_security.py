"""Rules against deceit: watchlists, clones, gate passes, and the inspection nobody can foresee."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from gate.core.reasons import reason
from schemas.declarations import Declaration
from schemas.plates import plate_key
from schemas.policy import Policy
from schemas.transit import Reason, Seen, Sighting
from schemas.watchlist import WatchHit, WatchKind


def watchlists(seen: Seen, declaration: Declaration | None) -> Iterator[Reason]:
    """Is anything that was seen, or that the declaration names, on a watchlist?

    ``seen`` is as the cameras saw it: what an officer typed does not take a reading away.
    """
    for hit in seen.hits:
        if _concerns(hit, seen, declaration):
            yield reason(
                f"WATCHLIST_{hit.kind.upper()}",
                f"{hit.kind} {hit.value} is watched: {hit.reason}",
                entry=str(hit.entry),
                value=hit.value,
            )


def clones(seen: Seen, policy: Policy, now: datetime) -> Iterator[Reason]:
    """Could one vehicle have been where this plate was seen before?"""
    if seen.already_inside:
        yield reason("CLONE_SUSPECTED", "a vehicle with this plate is already in a lane")
    for other in seen.sightings:
        why = _impossible(other, seen, policy, now)
        if why:
            yield reason("CLONE_SUSPECTED", why, transit=str(other.transit), lane=other.lane)


def contradicted(seen: Seen, declaration: Declaration) -> Iterator[Reason]:
    """The plate fits but neither container nor driver does: the plate may be another's."""
    read = {d.number for d in seen.documents if d.number and not d.problem}
    other_driver = (
        bool(read) and bool(declaration.driver_document) and declaration.driver_document not in read
    )
    other_load = (
        bool(seen.containers)
        and bool(declaration.containers)
        and not set(seen.containers) & set(declaration.containers)
    )
    if other_driver and other_load:
        text = "the plate is declared, but neither container nor driver are the declared ones"
        yield reason("CLONE_SUSPECTED", text)


def gate_pass(seen: Seen, declaration: Declaration | None, policy: Policy) -> Iterator[Reason]:
    """Is the gate pass genuine, and of this declaration?"""
    shown = seen.gate_pass
    if shown is None:
        if "pass" in policy.require:
            yield reason("PASS_MISMATCH", "no gate pass was shown")
        return
    if shown.problem == "other_truck":
        yield reason("PASS_MISMATCH", f"the pass is of {shown.plate}", read=shown.plate)
    elif shown.problem:
        yield reason("PASS_FORGED", f"the pass can't be believed: {shown.problem}")
    elif declaration is not None and shown.declaration != declaration.number:
        yield reason(
            "PASS_MISMATCH",
            f"the pass is of {shown.declaration}",
            read=shown.declaration,
            declared=declaration.number,
        )


def random_inspection(seen: Seen, policy: Policy) -> Iterator[Reason]:
    """Was this transit drawn? The draw is fixed by seed and transit: it can be checked later."""
    draw = drawn(policy.inspection.seed, seen.transit)
    if draw < policy.inspection.rate:
        yield reason("RANDOM_INSPECTION", "drawn for inspection", draw=f"{draw:.6f}")


def inspection_owed(seen: Seen) -> Iterator[Reason]:
    """Was this vehicle to be inspected when it was here last, and has not been since?

    A referral outlives its transit, and backing out of the lane is no way round the draw. Having
    departed since (an officer let it pass), or having passed the inspection, settles it.
    """
    here = sorted(
        (s for s in seen.sightings if s.gate == seen.gate), key=lambda s: s.came_at, reverse=True
    )
    last = next((s for s in here if s.departed or s.inspection), None)
    if last is not None and last.inspection == "owed" and not last.departed:
        text = f"the inspection asked for at lane {last.lane} has not been passed"
        yield reason("INSPECTION_OPEN", text, transit=str(last.transit), lane=last.lane)


def drawn(seed: str, transit: UUID) -> float:
    """A number in [0, 1), the same for ever for this seed and transit: SHA-256 of both."""
    digest = hashlib.sha256(f"{seed}:{transit}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def _concerns(hit: WatchHit, seen: Seen, declaration: Declaration | None) -> bool:
    match hit.kind:
        case WatchKind.PLATE:
            texts = {seen.corrected_plate, *(look.text for look in seen.plates)}
            if declaration is not None:
                texts |= {declaration.tractor_plate, declaration.trailer_plate}
            # Compared by look-alike key: one misread character must not hide a hit.
            return plate_key(hit.value) in {plate_key(text) for text in texts if text}
        case WatchKind.PERSON:
            numbers = {d.number for d in seen.documents}
            return hit.value in numbers or (
                declaration is not None and hit.value == declaration.driver_document
            )
        case WatchKind.CONTAINER:
            declared = () if declaration is None else declaration.containers
            return hit.value in {*seen.containers, *declared}
        case WatchKind.FIRM:
            return declaration is not None and hit.value == str(declaration.firm_id)


def _impossible(other: Sighting, seen: Seen, policy: Policy, now: datetime) -> str:
    """Why the other transit can't be of the same vehicle, in words; empty where it can."""
    rules = policy.clones
    if other.left_at is None:
        return f"a vehicle with this plate stands at lane {other.lane} of {other.gate} now"
    since = now - other.left_at
    if other.gate != seen.gate:
        distance = _distance(policy, other.gate, seen.gate)
        if distance and since < timedelta(hours=distance / rules.speed_kmh):
            minutes = max(0, round(since.total_seconds() / 60))
            return f"was at {other.gate}, {distance:.0f} km away, {minutes} min ago"
        # However near the gates lie: nobody passes one and stands at the next at once.
        if since < _return_time(policy):
            return f"was at {other.gate} only {max(0.0, since.total_seconds()):.0f} s ago"
    elif other.departed and since < _return_time(policy):
        return f"passed lane {other.lane} only {since.total_seconds():.0f} s ago"
    if rules.paired and other.departed and other.direction is seen.direction:
        return f"went {other.direction} before and has not come back"
    return ""


def _return_time(policy: Policy) -> timedelta:
    return timedelta(milliseconds=policy.clones.return_ms)


def _distance(policy: Policy, one: str, other: str) -> float:
    for a, b, kilometres in policy.clones.distances:
        if {a, b} == {one, other}:
            return kilometres
    return 0.0
