"""The columns of a declaration as the lane needs them, made of what was filed, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from gate.core.filing.content import (
    Content,
    blank,
    lines,
    moment_at,
    number_at,
    text_at,
    value_at,
)
from gate.core.filing.goods_rules import needs_quarantine, un_number

_LONGEST_CARGO = 200


def columns(content: Content) -> dict[str, Any]:
    """Column -> value of a content without errors; ids, status and clearances are the caller's."""
    goods = [text_at(content, f"goods.{n}.description") for n in lines(content, "goods")]
    return {
        "direction": text_at(content, "direction"),
        "gate": text_at(content, "gate"),
        "tractor_plate": text_at(content, "tractor.plate"),
        "trailer_plate": text_at(content, "trailer.plate"),
        "containers": [
            text_at(content, f"containers.{n}.number") for n in lines(content, "containers")
        ],
        "seals": [text_at(content, f"seals.{n}") for n in lines(content, "seals")],
        "cargo": ", ".join(goods)[:_LONGEST_CARGO],
        "gross_kg": number_at(content, "gross_kg") or 0,
        "un_number": un_number(content),
        "window_from": moment_at(content, "window_from"),
        "window_to": moment_at(content, "window_to"),
    }


def items(content: Content) -> list[dict[str, Any]]:
    """The goods lines."""
    return [content["goods"][n] for n in lines(content, "goods")]


def quarantine_word(content: Content) -> str:
    """What quarantine's word is at first."""
    return "pending" if needs_quarantine(content) else "not_needed"


def vehicle(content: Content, group: str) -> dict[str, Any]:
    """A vehicle that is new in the fleet, as its table has it (``group``: tractor, trailer)."""
    kind = "trailer"
    if group == "tractor":
        trailer = text_at(content, "trailer.plate")
        kind = text_at(content, "tractor.kind") or ("tractor" if trailer else "truck")
    return {
        "kind": kind, "plate": text_at(content, f"{group}.plate"),
        "country": text_at(content, f"{group}.country"),
        "permitted_kg": number_at(content, f"{group}.permitted_kg"), "axles": None,
        "permit_number": "", "permit_until": None, "insurance_until": None,
    }  # fmt: skip


def driver(content: Content) -> dict[str, Any] | None:
    """The named driver as his table has him, or None."""
    if not text_at(content, "driver.document_number"):
        return None
    texts = ("name", "nationality", "document_kind", "document_number")
    return {
        **{name: text_at(content, f"driver.{name}") for name in texts},
        "birth_date": date.fromisoformat(text_at(content, "driver.birth_date")),
        "document_until": date.fromisoformat(text_at(content, "driver.document_until")),
        "phone": text_at(content, "driver.phone"),
    }


def content_of(known: dict[str, Any]) -> Content:
    """A content made of a declaration's columns, for those that other systems filed.

    ``known`` has the columns and, where there are any, ``goods``, ``tractor``, ``trailer`` and
    ``driver`` as dicts of their fields.
    """
    made = blank()
    for name in ("direction", "gate", "gross_kg"):
        if known.get(name):
            made[name] = known[name]
    for name in ("window_from", "window_to"):
        if isinstance(known.get(name), datetime):
            made[name] = known[name].astimezone(UTC).isoformat(timespec="seconds")
    for group in ("tractor", "trailer", "driver"):
        made[group] = {k: _plain(v) for k, v in known.get(group, {}).items() if v}
    made["containers"] = [{"number": number} for number in known.get("containers", ())]
    made["seals"] = list(known.get("seals", ()))
    made["goods"] = [dict(line) for line in known.get("goods", ())]
    if known.get("un_number") and made["goods"]:
        made["goods"][0]["un_number"] = known["un_number"]
    return made


def for_copy(content: Content) -> Content:
    """What a copy of a declaration begins with: all but times, seals and papers of one journey."""
    once = {"window_from", "window_to", "customs_number", "seals", "quarantine_certificates"}
    made = {name: value for name, value in content.items() if name not in once}
    return {**blank(), **made}


def same_window(before: Content, after: Content) -> bool:
    """Whether both contents declare the same time."""
    return all(value_at(before, n) == value_at(after, n) for n in ("window_from", "window_to"))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
