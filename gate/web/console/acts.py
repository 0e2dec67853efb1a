"""What an officer does at a lane: acts, alarms, a call for help, and looking a plate up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from gate.app.candidates import Ranking, rank
from gate.app.inspections import Inspections
from gate.app.officer import Act, Person, note_of
from gate.app.refusals import ActRefused, Refusal
from gate.core.lane.events import OfficerAction
from gate.core.permissions import Permission
from gate.core.reasons import RULES
from gate.store import alarms, lane_change
from gate.web.access import needs
from gate.web.auth import SignInRefused
from gate.web.console.alarm_words import SECOND_OFFICER
from gate.web.console.lanes_of import key_in, lane_of, me, person
from gate.web.console.names import name
from gate.web.console.reason_titles import reason_title
from gate.web.console.sentences import tell
from gate.web.console.views import to_json
from gate.web.keys import SERVICE, SIGN_IN
from gate.web.language import _
from schemas.plates import written_plate

MOST_CANDIDATES = 9
MOST_NOTE = 500

routes = web.RouteTableDef()


def refusal_words(error: ActRefused) -> str:
    """Why an act was refused, in the request's language."""
    facts = dict(error.facts)
    if "who" in facts:
        facts["who"] = name("role", facts["who"].replace(" ", "_"))
    if "role" in facts:
        facts["role"] = name("role", facts["role"])
    way = facts.get("way")
    if way:
        facts["way"] = _(way)
    if facts.get("code") in RULES:
        facts["code"] = f"{reason_title(facts['code'])} ({facts['code']})"
    if not facts:
        told = _(error.sentence)
        return told if told != error.sentence else tell(error.sentence)
    return _(error.sentence, **facts)


def refused(error: ActRefused) -> web.Response:
    """The answer to an act that is not possible."""
    return web.json_response({"error": refusal_words(error)}, status=409)


@routes.post("/lanes/{lane}/acts")
@needs(Permission.LANES_ACT)
async def act(request: web.Request) -> web.Response:
    """An officer's act: release, hold, refer, turn back, correct the plate, reset."""
    lane, service = lane_of(request), request.app[SERVICE]
    try:
        body = await _body(request)
        asked = await _asked(request, body)
        if asked.action is OfficerAction.REFER:
            inspections = Inspections(service.database, service.officers, service.clock)
            tasks = [str(task) for task in body.get("tasks") or ()]
            words = str(body.get("task_words", ""))[:MOST_NOTE]
            await inspections.refer(lane, me(request), asked, tasks, words)
        else:
            await service.officers.act(lane, me(request), asked)
    except ActRefused as error:
        return refused(error)
    return web.json_response({"done": asked.action.value})


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text=_("The request needs action and transit."))
    return body


async def _asked(request: web.Request, body: dict[str, Any]) -> Act:
    try:
        action, transit = OfficerAction(body["action"]), UUID(body["transit"])
        plate = str(body.get("plate", ""))[:20]
        second = body.get("second") or {}
        who, *proof = (str(second.get(key, "")) for key in ("name", "password", "code"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise web.HTTPBadRequest(text=_("The request needs action and transit.")) from None
    note = note_of(action, str(body.get("reason", "")), str(body.get("note", ""))[:MOST_NOTE])
    other = await _second(request, who, *proof) if who else None
    return Act(action=action, transit=transit, note=note, plate=plate, second=other)


async def _second(request: web.Request, who: str, password: str, code: str) -> Person:
    signing_in = request.app[SIGN_IN]
    try:
        user = await signing_in.verify_person(who, password, code, request.remote or "")
    except SignInRefused as error:
        text = _("The second person: %(why)s.", why=str(error))
        raise web.HTTPForbidden(text=text) from None
    return person(user)


@routes.post("/alarms/{alarm}/acknowledge")
@needs(Permission.LANES_ACT)
async def acknowledge(request: web.Request) -> web.Response:
    """An officer has seen an alarm."""
    who, service = me(request), request.app[SERVICE]
    lane = await alarms.acknowledge(
        service.database, key_in(request, "alarm"), who.name, service.clock.now(),
        who.lanes or None,
    )  # fmt: skip
    if lane is None:
        raise web.HTTPNotFound(text=_("This alarm is over."))
    return web.json_response({"done": "acknowledged"})


@routes.post("/lanes/{lane}/call")
@needs(Permission.LANES_ACT)
async def call_second(request: web.Request) -> web.Response:
    """Ask for a second officer: an alarm on every console that shows this lane."""
    lane, service = lane_of(request), request.app[SERVICE]
    actor = service.lane(lane)
    async with service.database.transaction() as connection:
        await alarms.raise_alarm(
            connection, alarm=service.clock.fresh(), lane=lane, kind=SECOND_OFFICER,
            text=f"{me(request).name} asks for a second officer",
            transit=actor.state.transit if actor is not None else None, at=service.clock.now(),
        )  # fmt: skip
        await lane_change.tell(connection, lane)
    return web.json_response({"said": _("A second officer was asked for.")})


@routes.get("/lanes/{lane}/candidates")
@needs(Permission.LANES_ACT)
async def candidates(request: web.Request) -> web.Response:
    """Declarations for a plate that is being typed, as the matching ranks them now."""
    lane, service = lane_of(request), request.app[SERVICE]
    actor = service.lane(lane)
    try:
        transit = UUID(request.query.get("transit", ""))
    except ValueError:
        raise web.HTTPBadRequest(text=_("The request needs action and transit.")) from None
    if actor is None:
        return refused(ActRefused(Refusal.NOT_YOURS))
    if actor.state.transit != transit:
        return refused(ActRefused("the act is about another truck"))
    ranking = await rank(service.decider, actor, transit, request.query.get("plate", ""))
    return web.Response(body=to_json(_ranked(ranking)), content_type="application/json")


def _ranked(ranking: Ranking) -> dict[str, Any]:
    by_id = {d.id: d for d in ranking.declarations}
    rows = []
    for candidate in ranking.found.candidates[:MOST_CANDIDATES]:
        declaration = by_id[candidate.declaration]
        rows.append(
            {
                "number": candidate.number, "probability": candidate.probability,
                "tractor": declaration.tractor_plate, "trailer": declaration.trailer_plate,
                "display": written_plate(declaration.tractor_plate), "firm": declaration.firm,
                "status": declaration.status.value, "window_from": declaration.window_from,
                "window_to": declaration.window_to,
                "evidence": [tell(text) for text in candidate.evidence],
            }
        )  # fmt: skip
    return {"typed": ranking.typed, "none": ranking.found.none, "candidates": rows}
