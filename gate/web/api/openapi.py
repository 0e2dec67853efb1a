"""Makes the OpenAPI 3.1 document from the table of operations and their models."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gate.app.firms.keys import FIRM_SCOPES, SYSTEM_SCOPES
from gate.web.api.guard import NAMES
from gate.web.api.operations import PREFIX, NoQuery, Operation
from gate.web.api.problem import MEDIA, ProblemDocument
from gate.web.api.repeats import HEADER, LONGEST

VERSION = "1.0.0"
_REF = "#/components/schemas/{model}"
_ERRORS = {
    400: "The body is not JSON.", 401: "No working key.", 403: "The key may not do this.",
    404: "Not there, or not yours.", 409: "Not possible as things stand.",
    412: "It was changed meanwhile.", 413: "The body is too large.", 415: "Not JSON.",
    422: "It does not fit: see errors.", 428: "If-Match is needed.", 429: "Too many calls.",
    500: "A fault of the server.", 503: "The database does not answer.",
}  # fmt: skip
_TAGS = {
    "declarations": "What crosses the border, declared beforehand.",
    "drafts": "Declarations before their submission.",
    "fleet": "Vehicles and drivers of the firm.",
    "crossing": "Hours, gate passes, fees and passages.",
    "authorities": "For the gate's other systems.",
    "peers": "For other gates: where plates were seen.",
    "account": "The key, statistics and webhooks.",
}


def document(operations: tuple[Operation, ...], site: str) -> dict[str, Any]:
    """The whole document, as plain JSON values."""
    schemas = _schemas(operations)
    paths: dict[str, Any] = {}
    for operation in operations:
        path = paths.setdefault(PREFIX + operation.path, {})
        path[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Digital border gate: {site}", "version": VERSION,
            "description": "For programs of trucking firms and of the gate's other systems. Each "
            "call carries a key as Bearer token. Within version 1 fields and operations are only "
            "added, never changed or taken away: ignore what you do not know.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "gk_prefix_secret",
                    "description": "A key from the portal. Scopes of firms: "
                    f"{', '.join(FIRM_SCOPES)}. Scopes of systems: {', '.join(SYSTEM_SCOPES)}.",
                }
            },
        },
    }  # fmt: skip


def _schemas(operations: tuple[Operation, ...]) -> dict[str, Any]:
    taken: dict[type[BaseModel], str] = {ProblemDocument: "serialization"}
    for operation in operations:
        if operation.answer is not None:
            taken[operation.answer] = "serialization"
        if operation.body is not None:
            taken[operation.body] = "validation"
    pairs: list[Any] = list(taken.items())
    _, found = models_json_schema(pairs, ref_template=_REF)
    definitions: dict[str, Any] = found.get("$defs", {})
    return definitions


def _operation(operation: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name, "summary": operation.summary, "tags": [operation.tag],
        "parameters": [*_in_path(operation), *_in_query(operation), *_in_header(operation)],
        "responses": _responses(operation),
    }  # fmt: skip
    if operation.scopes:
        made["description"] = f"Scope: {' or '.join(operation.scopes)}."
    if operation.body is not None:
        content = {"application/json": {"schema": _ref(operation.body)}}
        made["requestBody"] = {"required": True, "content": content}
    return made


def _responses(operation: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done.", "headers": _limits()}
    if operation.tagged:
        done["headers"]["ETag"] = {"schema": {"type": "string"}}
    if operation.paged:
        done["headers"]["Link"] = {
            "description": "rel=next: the following page", "schema": {"type": "string"},
        }  # fmt: skip
    if operation.answer is not None:
        done["content"] = {operation.media: {"schema": _ref(operation.answer)}}
    elif operation.status != 204:
        done["content"] = {operation.media: {"schema": {"type": "string", "format": "binary"}}}
    found = {str(operation.status): done}
    if operation.tagged and operation.method == "GET":
        found["304"] = {"description": "You have it already (If-None-Match)."}
    for status in sorted(_statuses(operation)):
        problem = {MEDIA: {"schema": _ref(ProblemDocument)}}
        found[str(status)] = {"description": _ERRORS[status], "content": problem}
    return found


def _statuses(operation: Operation) -> set[int]:
    statuses = {401, 403, 413, 422, 429, 500, 503, *operation.errors}
    if "{" in operation.path:
        statuses.add(404)
    if operation.body is not None:
        statuses |= {400, 415}
    if operation.method == "POST":
        statuses.add(409)
    if operation.tagged and operation.method in ("PATCH", "PUT", "POST"):
        statuses.add(412)
    if operation.conditional:
        statuses.add(428)
    return statuses


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name, "in": "path", "required": True,
            "schema": {"type": "string", "enum": ["customs", "border_guard", "quarantine"]}
            if name in NAMES else {"type": "string", "format": "uuid"},
        }
        for name in re.findall(r"{(\w+)}", operation.path)
    ]  # fmt: skip


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is NoQuery:
        return []
    schema = operation.query.model_json_schema(ref_template=_REF)
    needed = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": _without_null(one)}
        for name, one in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query can leave a parameter out, but can't say null."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) == 1:
        rest = {k: v for k, v in schema.items() if k not in ("anyOf", "default")}
        return {**rest, **kinds[0]}
    return schema


def _in_header(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if operation.method == "POST":
        found.append(
            {
                "name": HEADER, "in": "header", "required": False,
                "description": "A request that is repeated under the same key within 24 hours "
                "gets the same answer and is done once.",
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST,
                           "pattern": "^[ -~]*[!-~][ -~]*$"},
            }
        )  # fmt: skip
    if operation.tagged and operation.method in ("PATCH", "PUT"):
        found.append(
            {
                "name": "If-Match", "in": "header", "required": operation.conditional,
                "description": "The ETag that you read.", "schema": {"type": "string"},
            }
        )  # fmt: skip
    return found


def _limits() -> dict[str, Any]:
    number = {"schema": {"type": "integer"}}
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    return {name: dict(number) for name in names}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
