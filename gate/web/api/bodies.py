"""Reads a call's body and query: bounded, JSON only, nothing that a database can't store."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from gate.web.api.problem import ApiError, FieldProblem, from_validation

DEEPEST = 12
Model = TypeVar("Model", bound=BaseModel)


async def read_body(request: web.Request, most: int) -> bytes:
    """The whole body; raises ``ApiError`` above ``most`` bytes, before all of it was read."""
    if request.content_length is not None and request.content_length > most:
        raise _too_large(most)
    found = bytearray()
    async for piece in request.content.iter_chunked(16_384):
        found += piece
        if len(found) > most:
            raise _too_large(most)
    return bytes(found)


def parse(request: web.Request, body: bytes, model: type[Model]) -> Model:
    """The body as its model; raises ``ApiError``: 415, 400 or 422."""
    kind = request.content_type
    if not (kind == "application/json" or kind.endswith("+json")) or request.charset not in (
        None, "utf-8", "UTF-8",
    ):  # fmt: skip
        raise ApiError(415, "media_type", "The body must be application/json in UTF-8.")
    try:
        plain = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "not_json", "The body is not JSON.") from error
    _check_texts(plain, "", 0)
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        raise from_validation(error, "body") from error


def query(request: web.Request, model: type[Model]) -> Model:
    """The query as its model; repeated names are lists. Raises ``ApiError`` 422."""
    given: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        listed = _is_list(model, name)
        given[name] = values if listed or len(values) > 1 else values[0]
    _check_texts(given, "", 0)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise from_validation(error, "query") from error


def _is_list(model: type[BaseModel], name: str) -> bool:
    field = model.model_fields.get(name)
    return field is not None and "list" in str(field.annotation)


def _check_texts(value: Any, path: str, depth: int) -> None:
    """Refuse characters that no text of ours has: NUL and halves of surrogate pairs."""
    if depth > DEEPEST:
        raise ApiError(422, "too_deep", f"JSON may be nested {DEEPEST} deep.")
    if isinstance(value, str):
        if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            problem = FieldProblem(path=_plain(path), code="unprintable",
                                   text="This has characters that can't be stored.")  # fmt: skip
            raise ApiError(422, "invalid", "The body does not fit.", fields=(problem,))
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_texts(name, path, depth + 1)
            _check_texts(inner, f"{path}.{name}".lstrip("."), depth + 1)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            _check_texts(inner, f"{path}.{n}".lstrip("."), depth + 1)


def _plain(path: str) -> str:
    return path.encode("ascii", "replace").decode()[:200]


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _too_large(most: int) -> ApiError:
    return ApiError(413, "too_large", f"A body has at most {most} bytes.")
