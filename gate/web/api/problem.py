"""Errors of the API as problem documents (RFC 9457, ``application/problem+json``)."""

from __future__ import annotations

import json
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gate.app.firms import errors
from gate.core.filing.problems import Problem, text_of

MEDIA = "application/problem+json"


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(description="dotted path: goods.0.hs_code; empty for the whole")
    code: str = Field(description="stable code")
    text: str = Field(description="the same in English")
    severity: str = Field("error", description="error, review or advice")
    facts: dict[str, str] = Field(default_factory=dict, description="the values behind the text")


class ProblemDocument(BaseModel):
    """An error. ``code`` is stable, ``detail`` is for people."""

    model_config = ConfigDict(extra="forbid")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = Field(default_factory=list)


class ApiError(Exception):
    """Ends a call with a problem document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: tuple[FieldProblem, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = fields
        self.headers = headers or {}

    def response(self) -> web.Response:
        """The answer."""
        document = ProblemDocument(
            title=HTTPStatus(self.status).phrase, status=self.status, detail=self.detail,
            code=self.code, errors=list(self.fields),
        )  # fmt: skip
        body = json.dumps(document.model_dump(), ensure_ascii=False).encode()
        return web.Response(
            body=body, status=self.status, headers={**self.headers, "Content-Type": MEDIA}
        )


_STATUS: dict[type[errors.FirmsError], int] = {
    errors.UnknownRecord: 404, errors.Invalid: 422, errors.ChangedMeanwhile: 412,
    errors.NotAllowedNow: 409, errors.SlotFull: 409, errors.SlotClosed: 409,
    errors.FirmNotApproved: 403, errors.Taken: 409, errors.TooMany: 409,
    errors.UploadRefused: 422,
}  # fmt: skip


def from_firms(error: errors.FirmsError) -> ApiError:
    """The answer to a wish that can't be met."""
    fields = fields_of(error.problems) if isinstance(error, errors.Invalid) else ()
    return ApiError(_STATUS.get(type(error), 409), error.code, str(error), fields=fields)


def fields_of(problems: tuple[Problem, ...]) -> tuple[FieldProblem, ...]:
    """Problems of a filing as the API says them."""
    return tuple(
        FieldProblem(
            path=p.path[:200], code=p.code, text=text_of(p), severity=p.severity.value,
            facts=dict(p.facts),
        )
        for p in problems
    )  # fmt: skip


def from_validation(error: ValidationError, what: str) -> ApiError:
    """The answer to a body or query that does not fit its model."""
    fields = tuple(
        FieldProblem(
            path=".".join(str(part) for part in e["loc"])[:200], code=e["type"], text=e["msg"][:300]
        )
        for e in error.errors(include_url=False, include_input=False, include_context=False)[:50]
    )  # fmt: skip
    return ApiError(422, "invalid", f"The {what} does not fit: see errors.", fields=fields)


def from_http(error: web.HTTPException) -> ApiError:
    """The answer to what the router or the parser refused."""
    codes: dict[int, tuple[str, str]] = {
        404: ("not_found", "There is nothing at this address."),
        405: ("method_not_allowed", "This address does not know the method."),
        413: ("too_large", "The body is too large."),
    }
    code, detail = codes.get(error.status, ("refused", error.reason))
    headers = {k: v for k, v in error.headers.items() if k in ("Allow", "Retry-After")}
    return ApiError(error.status, code, detail, headers=headers)


def unknown(what: str) -> ApiError:
    """Not there, or another firm's: which of both is not said."""
    return ApiError(404, "not_found", f"There is no such {what}.")
