"""Where a web call may go: https to public addresses, nothing inside any network of ours.

A firm chooses the address, so that it could point the gate at the gate's own insides (server-side
request forgery). The address is judged when it is saved and again, by what the name resolves
to, at each connection: a name may change what it points to.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

LONGEST = 500


class TargetRefused(OSError):
    """The address leads where a web call may not go."""


def check_url(url: str, *, loopback: bool) -> str:
    """Empty where the address may be saved, else why not.

    ``loopback`` allows http and this machine itself: for trials on one machine only.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        return "an address has at most 500 plain characters"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "this is no address"
    if parts.scheme not in (("https", "http") if loopback else ("https",)):
        return "only https addresses are called"
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return "an address has a host, and no user name, password or fragment"
    if parts.scheme == "http" and host not in ("127.0.0.1", "localhost", "::1"):
        return "only https addresses are called"
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return "" if _is_name(host, loopback=loopback) else "this host can't be called"
    return "" if may_connect(str(literal), loopback=loopback) else "this host can't be called"


def may_connect(address: str, *, loopback: bool) -> bool:
    """Whether an IP address is a public one (or, where allowed, this machine)."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inside(found)
    if inner is not None:
        return may_connect(str(inner), loopback=loopback)
    if loopback and found.is_loopback:
        return True
    return found.is_global and not found.is_multicast and not found.is_reserved


class PublicResolver(AbstractResolver):
    """Resolves names, and leaves out every address that may not be called."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses that may be called; raises ``TargetRefused`` where there are none."""
        found = await self._resolver.resolve(host, port, family)
        open_ones = [one for one in found if may_connect(one["host"], loopback=self._loopback)]
        if not open_ones:
            raise TargetRefused(f"{host} leads to no public address")
        return open_ones

    async def close(self) -> None:
        """Nothing is held."""
        await self._resolver.close()


def _is_name(host: str, *, loopback: bool) -> bool:
    """A public name has a dot and does not end like a network's own names."""
    if host == "localhost":
        return loopback
    last = host.rstrip(".").rpartition(".")[2]
    own = {"local", "internal", "localhost", "lan", "home", "corp", "arpa", "onion", "test"}
    # All-digit or 0x.. last labels are IPv4 addresses in odd spellings to some resolvers.
    odd = last.isdigit() or last.startswith("0x")
    return "." in host.strip(".") and last not in own and not odd


def _inside(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one only wraps: mapped, 6to4, Teredo, NAT64 (RFC 6052)."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
