"""Sightings: what this gate and its neighbours tell each other of plates that they saw."""

from __future__ import annotations

from gate.app.peer_gates import PeerGates
from gate.web.api import answers, cursors, given, taken
from gate.web.api.operations import Call, Reply, Table
from gate.web.api.problem import ApiError, FieldProblem

table = Table("peers")
EXCHANGE = ("sightings.exchange",)
_WHY = {
    "plate_form": ("plate", "This has the form of no Vietnamese or Chinese plate."),
    "in_future": ("at", "This moment lies more than five minutes ahead of our clock."),
    "too_old": ("at", "This moment is more than seven days ago: nothing would look at it."),
}


@table.add("POST", "/sightings", scopes=EXCHANGE, body=taken.SightingsIn,
           answer=given.SightingsTaken)  # fmt: skip
async def tell_sightings(call: Call) -> Reply:
    """Tell where your gate saw plates; what was told before changes nothing."""
    site = _peer(call)
    seen = [(item.plate, item.at) for item in call.body.items]
    done = await _desk(call).tell(site, seen, actor=call.actor, prefix=call.key.prefix)
    refused = [
        FieldProblem(path=f"items.{one.at}.{_WHY[one.code][0]}", code=one.code,
                     text=_WHY[one.code][1])
        for one in done.refused
    ]  # fmt: skip
    value = given.SightingsTaken(site=site, noted=done.noted, known=done.known, refused=refused)
    return Reply(value=value)


@table.add("GET", "/sightings", scopes=EXCHANGE, query=taken.SightingQuery,
           answer=given.SightingPage, paged=True)  # fmt: skip
async def list_sightings(call: Call) -> Reply:
    """Where this gate saw plates, the oldest first: transits that have ended."""
    _peer(call)
    q = call.query
    rows = await _desk(call).own(since=q.since, after=cursors.decode(q.cursor), most=q.limit + 1)
    return answers.page(
        call, given.SightingPage, given.Sighting, rows, lambda row: cursors.encode(row.at, row.id)
    )


def _peer(call: Call) -> str:
    """The gate that the key speaks for; raises ``ApiError`` for a key of none."""
    site = call.key.site
    if call.scope is not None or not site or site == call.service.settings.site:
        raise ApiError(403, "peer_only", "This is for keys that speak for another gate.")
    return site


def _desk(call: Call) -> PeerGates:
    service = call.service
    return PeerGates(service.database, service.clock, service.metrics)
