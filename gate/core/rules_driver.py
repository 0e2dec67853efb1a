"""Rules about the driver: is it the declared one, with a document that can be believed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gate.core.reasons import reason
from schemas.declarations import Declaration
from schemas.policy import Policy
from schemas.transit import Reason, Seen, SeenDocument


def document(seen: Seen, policy: Policy, now: datetime) -> Iterator[Reason]:
    """Was a document read, truly and in force? One good document is enough."""
    if not seen.documents:
        if "document" in policy.require:
            yield reason("DOC_UNREADABLE", "no driver's document was shown")
        return
    objections = [list(_against(paper, now)) for paper in seen.documents]
    if all(objections):
        yield from min(objections, key=len)


def driver(seen: Seen, declaration: Declaration) -> Iterator[Reason]:
    """Is the driver the declared one, and the declared document still in force?"""
    numbers = sorted({d.number for d in seen.documents if d.number and not d.problem})
    declared = declaration.driver_document
    if declared and numbers and declared not in numbers:
        text = f"the driver is not the declared {declaration.driver or 'one'}"
        yield reason("DRIVER_MISMATCH", text, read=", ".join(numbers), declared=declared)


def declared_document(declaration: Declaration, now: datetime) -> Iterator[Reason]:
    """Is the document that was declared still in force?"""
    until = declaration.driver_document_until
    if until is not None and until < now.date():
        text = f"the declared driver's document ended on {until.isoformat()}"
        yield reason("DOC_EXPIRED", text, until=until.isoformat())


def _against(paper: SeenDocument, now: datetime) -> Iterator[Reason]:
    kind = paper.kind.replace("_", " ")
    if paper.problem == "checkdigit":
        yield reason("DOC_CHECKDIGIT", f"the {kind} has a wrong check digit")
    elif paper.problem:
        yield reason("DOC_UNREADABLE", f"the {kind} could not be read")
    elif paper.until is not None and paper.until < now.date():
        day = paper.until.isoformat()
        yield reason("DOC_EXPIRED", f"the {kind} ended on {day}", until=day)
