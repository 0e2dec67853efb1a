"""Idempotency keys: a request that is sent again gets the answer that it got at first."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from aiohttp import web

from gate.app.clock import Clock
from gate.store import idempotency
from gate.store.errors import DatabaseDown
from gate.store.pool import Database
from gate.web.api.problem import ApiError

HEADER = "Idempotency-Key"
LONGEST = 128
KEPT = timedelta(hours=24)
_STORED = ("Content-Type", "ETag", "Location")
Answer = Callable[[], Awaitable[web.Response]]


def key_of(request: web.Request) -> str | None:
    """The request's idempotency key, if it has one; raises ``ApiError`` for a bad one."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    key = key.strip(" \t")
    if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        text = f"An {HEADER} has 1 to {LONGEST} printable ASCII characters."
        raise ApiError(422, "idempotency_key", text)
    return key


async def once(
    database: Database,
    clock: Clock,
    owner: UUID,
    key: str,
    request: web.Request,
    body: bytes,
    answer: Answer,
) -> web.Response:
    """Answer a request the first time, and repeat the answer after that (for 24 hours).

    Errors of the caller (4xx) are answers as well. Where the server failed before anything was
    done, the key is free again; where nobody knows (the database went away, or the process is
    ending), it stays taken, so that nothing is done twice.

    Raises:
        ApiError: 422 for another request under the same key, 409 while the first is being
            answered or where nobody knows what came of it.
    """
    said = b"\0".join((request.method.encode(), request.path_qs.encode(), body))
    digest = hashlib.sha256(said).digest()
    seen = await idempotency.begin(database, owner, key, digest, clock.now())
    if seen is not None:
        return _again(seen, digest)
    try:
        response = await answer()
    except ApiError as error:
        response = error.response()
    except DatabaseDown:
        raise
    except Exception:
        await idempotency.release(database, owner, key)
        raise
    headers = {name: response.headers[name] for name in _STORED if name in response.headers}
    content = response.body if isinstance(response.body, bytes) else b""
    await idempotency.finish(database, owner, key, response.status, headers, content)
    return response


def _again(seen: idempotency.Remembered, digest: bytes) -> web.Response:
    if seen.request_hash != digest:
        text = f"Another request was sent under this {HEADER}: use a new one."
        raise ApiError(422, "idempotency_key_reused", text)
    if seen.status is None:
        text = ("The first request under this key is being answered. Where that does not end, "
                "look whether it was done before you use a new key.")  # fmt: skip
        raise ApiError(409, "in_progress", text, headers={"Retry-After": "1"})
    headers = {**seen.headers, "Idempotent-Replay": "true"}
    return web.Response(body=seen.body, status=seen.status, headers=headers)
