"""Receipts: what the centre says about one capture, so that the camera may forget it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.canonical import Json
from schemas.fields import Fields
from schemas.protocol_errors import BadMessage
from schemas.stamp import Stamp, take_stamp

LONGEST_DETAIL = 300


class ReceiptResult(StrEnum):
    """``stored`` and ``duplicate`` both mean: it is safe here, for good."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to the capture ``of``.

    A refusal has a ``reason`` code, ``detail`` for people, and says whether it is ``final``:
    sending the same bytes again cannot help. A refusal that is not final (an unknown key,
    a full store) leaves the picture in the camera's spool.
    """

    stamp: Stamp
    of: str
    result: ReceiptResult
    reason: str = ""
    detail: str = ""
    final: bool = True

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        fields = {**self.stamp.to_json(), "of": self.of, "result": str(self.result)}
        if self.result is ReceiptResult.REFUSED:
            fields |= {"reason": self.reason, "detail": self.detail, "final": self.final}
        return fields

    @property
    def settles(self) -> bool:
        """Whether the camera may stop sending this capture."""
        return self.result is not ReceiptResult.REFUSED or self.final


def receipt_from_json(fields: Fields) -> Receipt:
    """Read a receipt; raises ``BadMessage`` or ``WrongVersion``."""
    stamp = take_stamp(fields)
    of = fields.uuid7("of")
    result = fields.choice("result", ReceiptResult)
    if result is not ReceiptResult.REFUSED:
        for name in ("reason", "detail", "final"):
            if fields.has(name):
                raise BadMessage(f"{name} belongs to a refusal only")
        return Receipt(stamp=stamp, of=of, result=result)
    return Receipt(
        stamp=stamp,
        of=of,
        result=result,
        reason=fields.code("reason"),
        detail=fields.text("detail", LONGEST_DETAIL),
        final=fields.boolean("final"),
    )
