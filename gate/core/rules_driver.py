"""Rules about the driver: is it the declared one, with a document that can be believed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gate.core.reasons import reason
from schemas.declarations import Declaration
from schemas.policy import Policy
from schemas.transit import Reason, Seen, SeenDocument


def document(seen: Seen, policy: Policy, today: date) -> Iterator[Reason]:
    """Was a document read, truly and in force? One good document is enough."""
    if not seen.documents:
        if "document" in policy.require:
            yield reason("DOC_UNREADABLE", "no driver's document was shown")
        return
    objections = [list(_against(paper, today)) for paper in seen.documents]
    if all(objections):
        yield from min(objections, key=len)


def driver(seen: Seen, declaration: Declaration, today: date) -> Iterator[Reason]:
    """Is the driver the declared one, by a document in force? Another's good one is no help."""
    shown = [paper for paper in seen.documents if paper.number and not paper.problem]
    declared = declaration.driver_document
    if not declared or not shown:
        return
    own = [list(_against(paper, today)) for paper in shown if paper.number == declared]
    if not own:
        numbers = ", ".join(sorted({paper.number for paper in shown}))
        text = f"the driver is not the declared {declaration.driver or 'one'}"
        yield reason("DRIVER_MISMATCH", text, read=numbers, declared=declared)
    elif all(own) and not all(list(_against(paper, today)) for paper in shown):
        yield from min(own, key=len)


def declared_document(declaration: Declaration, today: date) -> Iterator[Reason]:
    """Is the document that was declared still in force?"""
    until = declaration.driver_document_until
    if until is not None and until < today:
        text = f"the declared driver's document ended on {until.isoformat()}"
        yield reason("DOC_EXPIRED", text, until=until.isoformat())


def _against(paper: SeenDocument, today: date) -> Iterator[Reason]:
    kind = paper.kind.replace("_", " ")
    if paper.problem == "checkdigit":
        yield reason("DOC_CHECKDIGIT", f"the {kind} has a wrong check digit")
    elif paper.problem or not paper.number:
        yield reason("DOC_UNREADABLE", f"the {kind} could not be read")
    elif paper.until is not None and paper.until < today:
        day = paper.until.isoformat()
        yield reason("DOC_EXPIRED", f"the {kind} ended on {day}", until=day)
