"""The proof of one transit: chain, anchor, replay, inputs, pictures."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app import transit_proof
from gate.core.permissions import Permission
from gate.store import transits
from gate.web.access import allowed, needs
from gate.web.asked import path_id
from gate.web.console.names import name
from gate.web.console.sentences import tell
from gate.web.keys import SERVICE, session_of
from gate.web.kinds import OUTCOME_STATE, outcome_name
from gate.web.language import N_, _
from schemas.plates import written_plate

STATES = {
    "whole": ("go", N_("Nothing was changed")), "broken": ("stop", N_("Something was changed")),
    "none": ("calm", N_("From before the chain began")),
}  # fmt: skip
ANCHORS = {
    "good": ("go", N_("signed anchor, signature right")),
    "unchecked": ("hold", N_("signed anchor; its public key is not known to the service")),
    "none": ("calm", N_("no signed anchor after it yet")),
    "bad": ("stop", N_("a signed anchor does not agree")),
}
RESULTS = {
    "same": ("go", N_("the same again")),
    "different": ("stop", N_("another result")),
    "edition": ("hold", N_("another result, by another edition of the rules")),
    "erased": ("calm", N_("its inputs were erased")),
    "by_person": ("calm", N_("decided by a person")),
    "no_policy": ("stop", N_("its policy is not stored")),
    "policy_changed": ("stop", N_("its policy was changed in the database")),
}
PICTURES = {
    "good": ("go", N_("as it was taken")), "gone": ("calm", N_("deleted by retention")),
    "lost": ("stop", N_("missing")), "changed": ("stop", N_("changed on disk")),
}  # fmt: skip
routes = web.RouteTableDef()


@routes.get("/transits/{transit}/proof")
@aiohttp_jinja2.template("search/proof.html")
@needs(Permission.AUDIT)
async def page(request: web.Request) -> dict[str, object]:
    """What vouches for a transit, checked now; administrators see no persons in it."""
    service, transit = request.app[SERVICE], path_id(request, "transit")
    inputs_too = allowed(request, Permission.TRANSITS_SEARCH)
    row, lanes = await transits.one(service.database, transit), session_of(request).user.lanes
    if row is None or (lanes and row["lane_id"] not in lanes):
        raise web.HTTPNotFound(text=_("There is no such transit for you."))
    chain = await transit_proof.prove_chain(
        service.database, row["lane_id"], transit, service.anchor_key
    )
    return {
        "transit": row, "display": written_plate(row["plate"]), "chain": chain,
        "chain_state": _said(STATES, chain.state), "anchor": _said(ANCHORS, chain.anchor),
        "replays": [(r, _said(RESULTS, r.result), readable(r.inputs) if inputs_too else [])
                    for r in await transit_proof.replay(service.database, transit)],
        "pictures": [(p, _said(PICTURES, p.state)) for p in await transit_proof.pictures(
            service.database, service.evidence, transit)],
        "outcome_name": outcome_name, "state_of": OUTCOME_STATE, "name": name, "tell": tell,
        "sees_transit": allowed(request, Permission.LANES_SEE),
    }  # fmt: skip


def _said(table: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    kind, words = table[code]
    return kind, _(words)


def readable(plain: Any, path: str = "") -> list[tuple[str, str]]:
    """Stored inputs as lines of path and value, what is empty left out."""
    if isinstance(plain, dict):
        return [line for key, inner in plain.items()
                for line in readable(inner, f"{path}.{key}" if path else key)]  # fmt: skip
    if isinstance(plain, list):
        if path.endswith(".characters"):
            return []
        return [line for n, inner in enumerate(plain, 1) for line in readable(inner, f"{path} {n}")]
    return [] if plain in (None, "", False) else [(path, str(plain))]
