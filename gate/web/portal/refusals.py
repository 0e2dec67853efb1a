"""What firms asked and could not have, as a status and words: what happened, what to do."""

from __future__ import annotations

from gate.app.firms.errors import FirmsError, Invalid, Taken, UploadRefused
from gate.web.language import N_, _
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
UPLOADS = {
    "empty": N_("There is no row below the headings."),
    "size": N_("The file is too large."),
    "rows": N_("The table has too many rows: upload it in parts."),
    "kind": N_("This is no XLSX, ODS or CSV that can be read: save it anew as XLSX."),
    "encoding": N_("The letters of this CSV can't be told: save it as CSV UTF-8, or as XLSX."),
    "columns": N_("The columns are not those of the template: use the template."),
    "cell": N_("A cell has too many characters."),
    "bomb": N_("The file unpacks to too much: save it anew as XLSX."),
}
"""Why an uploaded file can't be used, by kind."""
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
    if isinstance(error, UploadRefused) and error.kind in UPLOADS:
        return status, f"{_(UPLOADS[error.kind])} ({error})", {}
    if isinstance(error, Taken) and error.field in TAKEN:
        text = _(TAKEN[error.field])
        shown = {"path": error.field, "code": "taken", "severity": "error", "text": text}
        return status, text, {"problems": [shown]}
    return status, text, {}
