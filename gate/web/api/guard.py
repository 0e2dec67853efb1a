"""What every call of the API goes through: errors as problems, key, limits, scope, repeats."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web

from gate.app.firms.errors import FirmsError
from gate.store.api_keys import KeyRow
from gate.store.errors import StoreError
from gate.web.api import bodies, problem, repeats
from gate.web.api.limits import Limits, Verdict
from gate.web.api.operations import Call, Operation, Reply
from gate.web.api.problem import ApiError
from gate.web.api.usage import USAGE, Usage
from gate.web.keys import SERVICE

log = logging.getLogger(__name__)

LIMITS = web.AppKey("api_limits", Limits)
STRANGERS = web.AppKey("api_strangers", Limits)
"""Wrong keys by address: guessing one of 2^256 is hopeless, but costs the database."""
NAMES = frozenset({"authority"})
"""Parts of paths that are words, not ids."""
LARGE = 64 * 1024
"""Bodies above this many bytes are read in a thread: lanes share this one."""
NotFound = web.HTTPNotFound | web.HTTPMethodNotAllowed
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error below ``/api/`` is a problem document; the innermost middleware."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    service = request.app[SERVICE]
    try:
        return await handler(request)
    except ApiError as error:
        return error.response()
    except web.HTTPException as error:
        return problem.from_http(error).response()
    except StoreError as error:
        log.warning("%s %s: %s", request.method, request.path, error)
        service.metrics.database_errors.labels(code=error.code).inc()
        text = "The database does not answer. Nothing was changed; try again in a moment."
        return ApiError(503, error.code, text, headers={"Retry-After": "2"}).response()
    except Exception:  # the last resort: a fault of ours must still be a well-formed answer
        log.exception("%s %s", request.method, request.path)
        return ApiError(500, "internal", "Something went wrong here; it was noted.").response()


def endpoint(operation: Operation) -> Handler:
    """The handler that the router calls for an operation."""

    async def handle(request: web.Request) -> web.StreamResponse:
        service, began = request.app[SERVICE], time.perf_counter()
        key, verdict = await _let_in(request)
        status = 500
        try:
            response = await _answer(request, operation, key)
            status = response.status
        except ApiError as error:
            response, status = error.response(), error.status
        except FirmsError as error:
            response = problem.from_firms(error).response()
            status = response.status
        except StoreError:
            status = 503
            raise
        finally:
            usage: Usage = request.app[USAGE]
            usage.count(key.id, error=status >= 400)
            service.metrics.api_calls.labels(operation=operation.name, status=str(status)).inc()
            service.metrics.api_seconds.observe(time.perf_counter() - began)
        response.headers.update(verdict.headers)
        return response

    return handle


async def _let_in(request: web.Request) -> tuple[KeyRow, Verdict]:
    """The key of the call and what its limit says; raises ``ApiError`` 401 or 429."""
    service, now = request.app[SERVICE], time.monotonic()
    address = request.remote or ""
    strangers, limits = request.app[STRANGERS], request.app[LIMITS]
    if strangers.empty(address, now):
        wait = {"Retry-After": "10"}
        raise ApiError(429, "too_many_wrong_keys", "Too many calls with wrong keys.", headers=wait)
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    key = None
    if scheme.lower() == "bearer":
        key = await service.firms.keys.recognise(text.strip())
    if key is None:
        strangers.take(address, now)
        raise ApiError(
            401, "unauthorized", "Send a working key: Authorization: Bearer gk_...",
            headers={"WWW-Authenticate": 'Bearer realm="api"'},
        )  # fmt: skip
    verdict = limits.take(key.id, now)
    if not verdict.allowed:
        service.metrics.api_limited.inc()
        text = f"This key calls too often: wait {verdict.wait_s} s."
        raise ApiError(429, "too_many_calls", text, headers=verdict.headers)
    return key, verdict


async def _answer(request: web.Request, operation: Operation, key: KeyRow) -> web.Response:
    if operation.scopes and not set(operation.scopes) & set(key.scopes):
        wanted = " or ".join(operation.scopes)
        raise ApiError(403, "scope", f"This key may not do that: it needs the scope {wanted}.")
    body = await bodies.read_body(request, operation.most_bytes)
    repeated = repeats.key_of(request) if request.method == "POST" else None
    service = request.app[SERVICE]

    async def work() -> web.Response:
        return await _work(request, operation, key, body)

    if repeated is None:
        return await work()
    return await repeats.once(
        service.database, service.clock, key.id, repeated, request, body, work
    )


async def _work(
    request: web.Request, operation: Operation, key: KeyRow, body: bytes
) -> web.Response:
    ids, names = _path(request)
    given = None
    if operation.body is not None and len(body) > LARGE:
        given = await asyncio.to_thread(bodies.parse, request, body, operation.body)
    elif operation.body is not None:
        given = bodies.parse(request, body, operation.body)
    call = Call(
        request=request, service=request.app[SERVICE], key=key, ids=ids, names=names,
        query=bodies.query(request, operation.query),
        body=given,
    )  # fmt: skip
    try:
        reply = await operation.handler(call)
    except FirmsError as error:
        raise problem.from_firms(error) from error
    return respond(request, reply)


def respond(request: web.Request, reply: Reply) -> web.Response:
    """The answer's bytes; 304 where the caller has them already."""
    tag = reply.headers.get("ETag")
    if request.method == "GET" and tag and request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    if reply.value is None:
        return web.Response(status=reply.status, headers=reply.headers)
    if isinstance(reply.value, bytes):
        content = reply.value
    else:
        plain = reply.value.model_dump(mode="json")
        content = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {**reply.headers, "Content-Type": reply.media}
    return web.Response(body=content, status=reply.status, headers=headers)


def _path(request: web.Request) -> tuple[dict[str, UUID], dict[str, str]]:
    """The ids and the words of the path; what is no id is not there."""
    ids, names = {}, {}
    for name, text in request.match_info.items():
        if name in NAMES:
            names[name] = text
            continue
        try:
            ids[name] = UUID(text)
        except ValueError as error:
            raise problem.unknown(name) from error
    return ids, names
