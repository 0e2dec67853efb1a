"""The whole audit check: chains, what they vouch for, and the signed anchors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gate.core.audit import START, Fault, digest
from gate.store import audit_anchors, audit_check
from gate.store.audit_anchors import signed_text
from gate.store.pool import Database

ANCHORS = "anchors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was checked, and what is wrong."""

    entries: int
    anchors: int
    faults: tuple[Fault, ...]


async def review(
    database: Database,
    key: tuple[str, Callable[[str, bytes], bool]] | None,
    kept: Iterable[dict[str, Any]] = (),
) -> Review:
    """Check everything; without a key the anchors' signatures are not judged.

    ``kept`` are anchors that somebody keeps elsewhere: whoever owns the database can take out
    its anchors with what they vouch for, but not those. Raises ``StoreError``.
    """
    entries, faults = await audit_check.verify(database)
    anchors = await audit_anchors.all_anchors(database)
    previous = START
    for number, anchor in enumerate(anchors, start=1):
        faults += _anchor(anchor, number, previous, key)
        faults += await audit_check.against_anchor(database, anchor["body"]["heads"])
        previous = digest(anchor["body"])
    stored = {digest(anchor["body"]) for anchor in anchors}
    for anchor in kept:
        faults += _unsigned(anchor, key)
        faults += await audit_check.against_anchor(database, anchor["body"]["heads"])
        if digest(anchor["body"]) not in stored:
            text = "an anchor that was kept elsewhere is gone here"
            faults.append(
                Fault(chain=ANCHORS, number=anchor["body"]["number"], kind="anchor", text=text)
            )
    unique = tuple(dict.fromkeys(faults))
    return Review(entries=entries, anchors=len(anchors), faults=unique)


def _anchor(
    anchor: dict[str, Any],
    number: int,
    previous: str,
    key: tuple[str, Callable[[str, bytes], bool]] | None,
) -> list[Fault]:
    faults = _unsigned(anchor, key)
    if anchor["number"] != number or anchor["body"]["previous"] != previous:
        text = "an anchor before it is gone or was replaced"
        faults.insert(0, Fault(chain=ANCHORS, number=anchor["number"], kind="anchor", text=text))
    return faults


def _unsigned(
    anchor: dict[str, Any], key: tuple[str, Callable[[str, bytes], bool]] | None
) -> list[Fault]:
    if key is None:
        return []
    if anchor["key_id"] == key[0] and key[1](anchor["signature"], signed_text(anchor["body"])):
        return []
    text = f"its signature is not of the key {key[0]}"
    return [Fault(chain=ANCHORS, number=anchor["body"]["number"], kind="anchor", text=text)]
