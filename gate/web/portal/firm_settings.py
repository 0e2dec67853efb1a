"""How the gate reaches the firm: contact, language, and which events come as e-mail."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.firms.letter_choices import CHOOSABLE
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.portal.asked import actor_of, done, firm_of, firms_of, text_in, values_of
from gate.web.portal.code_words import event_word

routes = web.RouteTableDef()
LAST_LETTERS = 20


@routes.get("/portal/firm")
@aiohttp_jinja2.template("portal/firm.html")
@needs(Permission.FIRM_ADMINISTER)
async def page(request: web.Request) -> dict[str, object]:
    """The firm as the gate knows it, and the last letters."""
    firm, firms = firm_of(request), firms_of(request)
    return {
        "firm": await firms.registration.one(firm),
        "events": [(code, event_word(code)) for code in CHOOSABLE],
        "wanted": await firms.letter_choices.wanted(firm),
        "letters": await firms.notices.letters(firm, most=LAST_LETTERS),
    }


@routes.post("/portal/firm")
@needs(Permission.FIRM_ADMINISTER)
async def contact(request: web.Request) -> web.Response:
    """Change the contact."""
    values = await values_of(request)
    await firms_of(request).registration.update_contact(
        firm_of(request), contact_name=text_in(values, "contact_name"),
        contact_phone=text_in(values, "contact_phone"), email=text_in(values, "email"),
        language=text_in(values, "language"), actor=actor_of(request),
    )  # fmt: skip
    return done(request, "/portal/firm")


@routes.post("/portal/firm/notices")
@needs(Permission.FIRM_ADMINISTER)
async def notices(request: web.Request) -> web.Response:
    """Choose the events that come as e-mail."""
    values = await values_of(request)
    wanted = frozenset(code for code in CHOOSABLE if values.get(f"event.{code}"))
    choices = firms_of(request).letter_choices
    await choices.choose(firm_of(request), wanted, actor=actor_of(request))
    return done(request, "/portal/firm")
