"""What firms asked and could not have, as a status and words: what happened, what to do."""

from __future__ import annotations

from gate.app.firms.bulk.headings import HEADINGS
from gate.app.firms.errors import FirmsError, Invalid, Taken, UploadRefused
from gate.web.language import N_, _, language
from gate.web.portal.problem_words import as_json, told

REFUSALS: dict[str, tuple[int, str]] = {
    "not_found": (404, N_("There is nothing at this address.")),
    "invalid": (422, N_("Something is not right yet: see the marked fields. Nothing was lost.")),
    "changed_meanwhile": (
        409,
        N_("Somebody else changed this meanwhile. Load the page again, then repeat your change."),
    ),
    "not_allowed_now": (409, N_("This step is not possible any more: load the page again.")),
    "slot_full": (409, N_("This hour is full now. Choose another one.")),
    "slot_closed": (409, N_("This hour can't be booked. Choose another one.")),
    "firm_not_approved": (403, N_("Your firm is not approved yet, or is suspended.")),
    "taken": (409, N_("This exists already: look for it in your list.")),
    "upload_refused": (422, N_("This file can't be used: use the template.")),
    "still_filing": (
        409,
        N_("Tables of your firm are still being filed. Wait until one is done, then try again."),
    ),
    "too_many": (409, N_("You have as many of these as a firm may have. End one first.")),
}
"""Code -> HTTP status and words."""
TAKEN = {
    "tax_number": N_("This firm is registered: ask its administrator, or the gate's office."),
    "user_name": N_("This sign-in name is taken: choose another one."),
    "name": N_("This sign-in name is taken: choose another one."),
    "plate": N_("Your list has a vehicle with this plate."),
    "document_number": N_("Your list has a driver with this document."),
}
"""Field -> why its value can't be used again."""


def refusal(error: FirmsError) -> tuple[int, str, dict[str, object]]:
    """Status, words and further facts of a refusal."""
    status, words = REFUSALS.get(error.code, (409, ""))
    text = _(words) if words else str(error)
    if isinstance(error, Invalid):
        if len(error.problems) == 1:
            text = told(error.problems[0])
        return status, text, {"problems": as_json(error.problems)}
    if isinstance(error, UploadRefused):
        return status, _upload(error), {}
    if isinstance(error, Taken) and error.field in TAKEN:
        text = _(TAKEN[error.field])
        shown = {"path": error.field, "code": "taken", "severity": "error", "text": text}
        return status, text, {"problems": [shown]}
    return status, text, {}


def _upload(error: UploadRefused) -> str:
    """Why the file can't be used; columns are called as the reader's template calls them."""
    facts = dict(error.facts)
    if "columns" in facts:
        missing = str(facts["columns"]).split(", ")
        facts["columns"] = ", ".join(h.name(language()) for h in HEADINGS if h.en in missing)
    return _(error.sentence, **facts)
