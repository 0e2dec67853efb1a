"""Addresses and networks as settings write them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

Networks = tuple[IPv4Network | IPv6Network, ...]


@lru_cache(maxsize=16)
def networks_of(text: str) -> Networks:
    """``10.0.0.5, 10.1.0.0/24`` as networks; raises ``ValueError`` with the part that is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
