"""Whose address a request has when it came through proxies of ours (``web.trusted_proxies``).

Limits by address, the audit and lists of sessions need the address of who asks, not that of the
proxy that speaks HTTPS for the gate: else one stranger's wrong passwords lock everybody out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address

from aiohttp import web

from config.networks import Networks, networks_of
from gate.web.keys import SERVICE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def client_address(peer: str, forwarded: str, trusted: Networks) -> str:
    """The last address that none of our proxies has; ``forwarded`` is ``X-Forwarded-For``.

    Each proxy adds at the end whom it heard, so only what stands behind the last stranger's
    address was written by ours; what a stranger wrote before it is not believed.
    """
    address = peer
    heard = [part.strip() for part in forwarded.split(",")] if forwarded else []
    while heard and _is_in(address, trusted):
        said = heard.pop()
        if not _is_address(said):
            break
        address = said
    return address


@web.middleware
async def real_address(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request the address of who asks."""
    trusted = networks_of(request.app[SERVICE].settings.web.trusted_proxies)
    peer = request.remote or ""
    if trusted and peer:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ()))
        address = client_address(peer, forwarded, trusted)
        if address != peer:
            request = request.clone(remote=address)
    return await handler(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(text: str, networks: Networks) -> bool:
    if not _is_address(text):
        return False
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in networks)
