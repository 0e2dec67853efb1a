"""What the readings of documents and containers say, as the decision needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gate.store.plain import READING
from schemas.containers import parse_container
from schemas.documents import parse_citizen_qr
from schemas.gate_pass import GatePassError, Verify, decode_pass, looks_like_pass
from schemas.mrz import FieldStatus, Mrz, mrz_of_reading
from schemas.readings import Reading, ReadingKind
from schemas.transit import SeenDocument, SeenPass

DOCUMENT_ROLE = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Container numbers, the driver's documents, and the gate pass, as far as they were read."""

    containers: tuple[str, ...] = ()
    documents: tuple[SeenDocument, ...] = ()
    gate_pass: SeenPass | None = None
    pass_id: str = ""
    """Of a pass whose signature is right: whether it was revoked stands in the database."""


def papers_of(rows: list[dict[str, Any]], verify: Verify, now: datetime) -> Papers:
    """Collect from a transit's captures; ``verify`` checks the signature of gate passes.

    A picture of a document in which nothing could be read is a document that is unreadable.
    """
    containers: dict[str, None] = {}
    documents: list[SeenDocument] = []
    shown: SeenPass | None = None
    pass_id = ""
    for row in rows:
        readings = [READING.validate_python(plain) for plain in row["readings"]]
        if row["role"] == DOCUMENT_ROLE and row["status"] == "failed":
            documents.append(SeenDocument(kind="document", number="", problem="unreadable"))
        for reading in readings:
            containers.update(dict.fromkeys(_containers(reading)))
            documents += _documents(reading, now)
            found = _pass(reading, verify, now)
            if found is not None:
                shown, pass_id = found
    return Papers(
        containers=tuple(containers), documents=tuple(documents), gate_pass=shown, pass_id=pass_id
    )  # fmt: skip


def _containers(reading: Reading) -> Iterator[str]:
    """Only a verified number is held against a truck; others are for the officer to see."""
    if reading.kind is ReadingKind.CONTAINER and dict(reading.detail).get("verified") == "yes":
        found = parse_container(reading.text)
        if found is not None:
            yield found.text


def _documents(reading: Reading, now: datetime) -> Iterator[SeenDocument]:
    if reading.kind is ReadingKind.MRZ:
        zone = mrz_of_reading(reading, now.date())
        if zone is not None:
            number = zone.field("number")
            judged = (number.status, zone.field("expiry").status, zone.composite)
            wrong = FieldStatus.FAILED in judged
            yield SeenDocument(
                kind=zone.format.value,
                number="" if wrong else _number(zone),
                until=zone.expiry,
                problem="checkdigit" if wrong else "",
            )
    elif reading.kind is ReadingKind.BARCODE:
        card = parse_citizen_qr(reading.text)
        if card is not None:
            yield SeenDocument(kind="identity_card", number=card.number)


def _number(zone: Mrz) -> str:
    """The document's number; of a Vietnamese citizen card the whole twelve digits.

    Its zone has the last nine in the number's place and all twelve in the optional field.
    """
    short = zone.field("number").value
    whole = next((f.value[:12] for f in zone.fields if f.name == "optional"), "")
    citizen = zone.field("issuer").value == "VNM" and len(whole) == 12 and whole.isdigit()
    return whole if citizen and whole.endswith(short) else short


def _pass(reading: Reading, verify: Verify, now: datetime) -> tuple[SeenPass, str] | None:
    """The pass in a reading with its id, which is empty where the pass must not be believed."""
    if reading.kind is not ReadingKind.BARCODE or not looks_like_pass(reading.text):
        return None
    try:
        found = decode_pass(reading.text, verify, now)
    except GatePassError as error:
        return SeenPass(declaration="", plate="", problem=error.problem.value), ""
    return SeenPass(declaration=found.declaration, plate=found.plate), found.pass_id
