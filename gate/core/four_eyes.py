"""Acts that take two persons (DOMAIN: watchlist and policy changes, erasure, keys)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from gate.core.permissions import Permission, Role, may

OPEN_FOR = timedelta(hours=12)
"""Both persons signed in within this time: a proposal that nobody confirmed lapses."""


class ActKind(StrEnum):
    """Every act that a second person must confirm."""

    WATCHLIST_ADD = "watchlist_add"
    WATCHLIST_END = "watchlist_end"
    WATCHLIST_RENEW = "watchlist_renew"
    POLICY = "policy_in_force"
    DEVICE_ADD = "device_add"
    DEVICE_KEY = "device_key"
    DEVICE_RETIRE = "device_retire"
    SYSTEM_KEY = "system_key"
    ERASE_PERSON = "erase_person"
    HOLD_END = "legal_hold_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may propose an act, and which roles may be the second person."""

    first: Permission
    seconds: frozenset[Role]


_LIST = Rule(first=Permission.WATCHLISTS, seconds=frozenset({Role.SUPERVISOR, Role.SHIFT_LEAD}))
_POLICY = Rule(
    first=Permission.POLICY,
    seconds=frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SHIFT_LEAD}),
)
_KEYS = Rule(first=Permission.DEVICES, seconds=frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}))
_DATA = Rule(first=Permission.RETENTION, seconds=frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}))

RULES: dict[ActKind, Rule] = {
    ActKind.WATCHLIST_ADD: _LIST,
    ActKind.WATCHLIST_END: _LIST,
    ActKind.WATCHLIST_RENEW: _LIST,
    ActKind.POLICY: _POLICY,
    ActKind.DEVICE_ADD: _KEYS,
    ActKind.DEVICE_KEY: _KEYS,
    ActKind.DEVICE_RETIRE: _KEYS,
    ActKind.SYSTEM_KEY: _KEYS,
    ActKind.ERASE_PERSON: _DATA,
    ActKind.HOLD_END: _DATA,
}


def may_propose(role: str, act: ActKind) -> bool:
    """Whether people of this role may be the first person."""
    return may(role, RULES[act].first)


def may_confirm(role: str, name: str, act: ActKind, proposed_by: str) -> bool:
    """Whether this person may be the second: another one, of a role that the act allows."""
    return name != proposed_by and role in {r.value for r in RULES[act].seconds}
