"""The documents that a transit's pictures show: each field with how far it can be believed."""

from __future__ import annotations

from datetime import date
from typing import Any

from gate.store.plain import READING
from schemas.documents import CitizenCard, parse_citizen_qr
from schemas.mrz import FieldStatus, Mrz, mrz_of_reading
from schemas.readings import Reading, ReadingKind

_SHOWN = ("type", "issuer", "number", "name", "nationality", "birth", "sex", "expiry")


def documents_of(rows: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """The documents in these captures, each once: kind, picture, fields (name, value, verdict)."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        for plain in row["readings"]:
            if plain["kind"] not in (ReadingKind.MRZ.value, ReadingKind.BARCODE.value):
                continue
            document = _document(READING.validate_python(plain), today)
            if document is not None:
                found.setdefault(plain["text"], {**document, "capture": row["id"]})
    return list(found.values())


def _document(reading: Reading, today: date) -> dict[str, Any] | None:
    if reading.kind is ReadingKind.MRZ:
        zone = mrz_of_reading(reading, today)
        return None if zone is None else _zone(zone, today)
    card = parse_citizen_qr(reading.text)
    return None if card is None else _card(card)


def _zone(zone: Mrz, today: date) -> dict[str, Any]:
    fields = [
        _field(name, _value(zone, name), zone.field(name).status.value)
        for name in _SHOWN
        if any(field.name == name for field in zone.fields)
    ]
    if zone.composite is not None:
        fields.append(_field("composite", "", zone.composite.value))
    wrong = any(field["verdict"] == FieldStatus.FAILED.value for field in fields)
    return {
        "kind": zone.format.value,
        "fields": fields,
        "wrong": wrong,
        "expired": zone.expiry is not None and zone.expiry < today,
    }


def _value(zone: Mrz, name: str) -> str:
    if name == "name":
        return f"{zone.surname} {zone.given_names}".strip()
    if name == "birth":
        return zone.birth.isoformat() if zone.birth else zone.field(name).value
    if name == "expiry":
        return zone.expiry.isoformat() if zone.expiry else zone.field(name).value
    return zone.field(name).value


def _card(card: CitizenCard) -> dict[str, Any]:
    verdict = "" if card.consistent else "differs"
    fields = [
        _field("number", card.number, verdict),
        _field("name", card.name, ""),
        _field("birth", card.birth.isoformat() if card.birth else "", verdict),
        _field("sex", card.sex, verdict),
        _field("address", card.address, ""),
        _field("issued", card.issued.isoformat() if card.issued else "", ""),
    ]
    return {"kind": "identity_card", "fields": fields, "wrong": not card.consistent,
            "expired": False}  # fmt: skip


def _field(name: str, value: str, verdict: str) -> dict[str, str]:
    return {"name": name, "value": value, "verdict": verdict}
