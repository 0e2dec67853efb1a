"""Metrics and health for machines: no sign-in, and no personal data."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from gate.web.keys import SERVICE

routes = web.RouteTableDef()


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Prometheus text format."""
    body = generate_latest(request.app[SERVICE].metrics.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


@routes.get("/healthz")
async def healthz(request: web.Request) -> web.Response:
    """200 while the event loop turns; restart the process otherwise."""
    part = request.app[SERVICE].health.live()
    body = {"well": part.well, "loop": part.detail}
    return web.json_response(body, status=200 if part.well else 503)


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    """200 where database, broker and workers answer; else 503 and which does not."""
    parts = await request.app[SERVICE].health.ready()
    ready = all(part.well for part in parts)
    body = {"ready": ready, **{p.name: "ok" if p.well else p.detail for p in parts}}
    return web.json_response(body, status=200 if ready else 503)
