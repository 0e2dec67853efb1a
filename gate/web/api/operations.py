"""The table of the API's operations: what the router, the guard and the document are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from gate.app.runtime import Service
from gate.store.api_keys import KeyRow
from gate.web.api.problem import ApiError

PREFIX = "/api/v1"


class NoQuery(BaseModel):
    """An operation without parameters in its query."""

    model_config = ConfigDict(extra="forbid")


@dataclass(slots=True, kw_only=True)
class Call:
    """One call that was let in. ``ids`` are those of the path; ``body`` and ``query`` have the
    operation's models.
    """

    request: web.Request
    service: Service
    key: KeyRow
    ids: dict[str, UUID]
    names: dict[str, str]
    query: Any
    body: Any

    @property
    def firm(self) -> UUID:
        """The key's firm; raises ``ApiError`` for a key of a system."""
        if self.key.firm_id is None:
            raise ApiError(403, "firm_only", "This is for keys of firms.")
        return self.key.firm_id

    @property
    def scope(self) -> UUID | None:
        """The firm whose data the key sees; None: a system's key, which sees all firms."""
        return self.key.firm_id

    @property
    def actor(self) -> str:
        """Who acts, for events and the audit."""
        return f"key:{self.key.prefix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an operation answers: a model (or bytes of a picture), a status, headers."""

    value: BaseModel | bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    media: str = "application/json"


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. ``scopes``: one of them is needed; empty: any key."""

    name: str
    method: str
    path: str
    summary: str
    tag: str
    handler: Handler
    scopes: tuple[str, ...] = ()
    query: type[BaseModel] = NoQuery
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    media: str = "application/json"
    conditional: bool = False
    """Whether ``If-Match`` is needed."""
    tagged: bool = False
    """Whether the answer has an ``ETag``."""
    paged: bool = False
    errors: tuple[int, ...] = ()
    """Statuses beside those that every operation may answer."""
    most_bytes: int = 256 * 1024
    """The largest body."""


class Table:
    """Collects operations by decorating their handlers."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def add(self, method: str, path: str, **rest: Any) -> Callable[[Handler], Handler]:
        """Register a handler; its docstring's first line is the summary."""

        def register(handler: Handler) -> Handler:
            doc = (handler.__doc__ or "").strip().partition("\n")[0]
            made = Operation(
                name=handler.__name__, method=method, path=path, tag=self.tag, handler=handler,
                summary=doc.rstrip("."), **rest,
            )  # fmt: skip
            self.operations.append(made)
            return handler

        return register
