"""How a firm applies: one open page, checked as one types, and what happens next."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app.firms.registration import Application
from gate.web.keys import SERVICE
from gate.web.language import language
from gate.web.portal.asked import firms_of, text_in, values_of
from gate.web.portal.pace import Pace
from gate.web.portal.passwords import hashed, password_problem
from gate.web.portal.problem_words import as_json
from gate.web.portal.status_words import COUNTRIES, options

routes = web.RouteTableDef()
APPLY_PACE = web.AppKey("apply_pace", Pace)
CHECK_PACE = web.AppKey("check_pace", Pace)
APPLICATIONS, APPLICATIONS_S = 6, 3600.0
CHECKS, CHECKS_S = 240, 60.0
FIELDS = ("name", "tax_number", "country", "contact_name", "contact_phone", "email", "user_name",
          "user_full_name")  # fmt: skip


def set_up(app: web.Application) -> None:
    """Give the application its counters of requests by address."""
    now = app[SERVICE].clock.monotonic
    app[APPLY_PACE] = Pace(APPLICATIONS, APPLICATIONS_S, now)
    app[CHECK_PACE] = Pace(CHECKS, CHECKS_S, now)


def application_in(values: dict[str, Any]) -> Application:
    """What was typed, as far as it was."""
    typed = {name: text_in(values, name) for name in FIELDS}
    return Application(**typed, language=language())


def problems_of(request: web.Request, values: dict[str, Any]) -> list[dict[str, str]]:
    """Everything wrong with what was typed."""
    found = as_json(firms_of(request).registration.check(application_in(values)))
    wrong = password_problem(str(values.get("password") or ""))
    if wrong:
        found.append({"path": "password", "code": "password", "severity": "error", "text": wrong})
        if not values.get("password"):
            found[-1]["code"] = "required"
    return found


@routes.get("/register")
@aiohttp_jinja2.template("portal/register.html")
async def page(_request: web.Request) -> dict[str, object]:
    """The form."""
    return {"countries": options(COUNTRIES)}


@routes.post("/register/check")
async def check(request: web.Request) -> web.Response:
    """What is wrong so far."""
    request.app[CHECK_PACE].count(request.remote or "")
    return web.json_response({"problems": problems_of(request, await values_of(request))})


@routes.post("/register")
async def register(request: web.Request) -> web.Response:
    """Apply; the firm can sign in once staff has approved it."""
    values = await values_of(request)
    problems = problems_of(request, values)
    if problems:
        return web.json_response({"error": problems[0]["text"], "problems": problems}, status=422)
    request.app[APPLY_PACE].count(request.remote or "")
    secret = await hashed(str(values["password"]))
    registration = firms_of(request).registration
    await registration.apply(application_in(values), secret, address=request.remote or "")
    return web.json_response({"go": "/register/done"})


@routes.get("/register/done")
@aiohttp_jinja2.template("portal/registered.html")
async def registered(_request: web.Request) -> dict[str, object]:
    """What happens next."""
    return {}
