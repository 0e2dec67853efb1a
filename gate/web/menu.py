"""The main menu: what a role can go to, in order; the first is where it starts."""

from __future__ import annotations

from dataclasses import dataclass

from gate.core.permissions import Permission, may
from gate.web.language import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: path, words, and the permission that shows it."""

    path: str
    words: str
    permission: Permission


ENTRIES = (
    Entry("/lanes", N_("Lanes"), Permission.LANES_SEE),
    Entry("/portal", N_("My trucks"), Permission.FIRM_SEE),
    Entry("/operations", N_("Operations"), Permission.OPERATIONS_SEE),
    Entry("/search", N_("Search"), Permission.TRANSITS_SEARCH),
    Entry("/clearances", N_("Clearances"), Permission.CLEARANCES),
    Entry("/firms", N_("Firms"), Permission.FIRMS_APPROVE),
    Entry("/watchlists", N_("Watchlists"), Permission.WATCHLISTS),
    Entry("/policy", N_("Policy"), Permission.POLICY),
    Entry("/approvals", N_("Approvals"), Permission.APPROVE),
    Entry("/users", N_("Users"), Permission.USERS),
    Entry("/devices", N_("Devices"), Permission.DEVICES),
    Entry("/audit", N_("Audit"), Permission.AUDIT),
    Entry("/retention", N_("Retention"), Permission.RETENTION),
)


def entries_for(role: str) -> list[Entry]:
    """The entries that people of this role see."""
    return [entry for entry in ENTRIES if may(role, entry.permission)]


def start_of(role: str) -> str:
    """The page that people of this role begin with."""
    found = entries_for(role)
    return found[0].path if found else "/account"
