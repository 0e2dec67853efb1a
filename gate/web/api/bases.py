"""What the models of the API have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Status = Literal["draft", "submitted", "rejected", "accepted", "arrived", "clearing", "cleared",
                 "released", "departed", "closed", "cancelled", "expired"]  # fmt: skip


Word = Literal["pending", "passed", "failed", "not_needed"]


Direction = Literal["export", "import"]


class Closed(BaseModel):
    """A model without unknown fields."""

    model_config = ConfigDict(extra="forbid")


class Given(Closed):
    """A model of what we answer, read from rows."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)
