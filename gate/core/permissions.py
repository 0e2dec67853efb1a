"""What each role may do. Pages and the API ask this table and nothing else."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The roles of people: staff of the gate, and people of firms."""

    OFFICER = "officer"
    SHIFT_LEAD = "shift_lead"
    SUPERVISOR = "supervisor"
    OPERATIONS = "operations"
    ADMINISTRATOR = "administrator"
    FIRM_ADMINISTRATOR = "firm_administrator"
    FIRM_USER = "firm_user"


class Permission(StrEnum):
    """One thing that a person may do."""

    ACCOUNT = "account"
    """One's own password, second factor, sessions and language."""
    LANES_SEE = "lanes.see"
    LANES_ACT = "lanes.act"
    TRANSITS_SEARCH = "transits.search"
    OPERATIONS_SEE = "operations.see"
    FIRMS_APPROVE = "firms.approve"
    CLEARANCES = "clearances"
    """Accept or reject declarations and set their clearances and fees."""
    WATCHLISTS = "watchlists"
    POLICY = "policy"
    AUDIT = "audit"
    USERS = "users"
    DEVICES = "devices"
    RETENTION = "retention"
    APPROVE = "approve"
    """Be the second person of an act that takes two: gate.core.four_eyes."""
    FIRM_SEE = "firm.see"
    FIRM_FILE = "firm.file"
    """File and change declarations, vehicles and drivers of one's own firm."""
    FIRM_ADMINISTER = "firm.administer"
    """Members, API keys and webhooks of one's own firm."""


_P = Permission
_OFFICER = frozenset({_P.ACCOUNT, _P.LANES_SEE, _P.LANES_ACT})
_SHIFT_LEAD = _OFFICER | {_P.TRANSITS_SEARCH, _P.OPERATIONS_SEE, _P.APPROVE}
_FIRM = frozenset({_P.ACCOUNT, _P.FIRM_SEE, _P.FIRM_FILE})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OFFICER: _OFFICER,
    Role.SHIFT_LEAD: _SHIFT_LEAD,
    Role.SUPERVISOR: _SHIFT_LEAD
    | {_P.FIRMS_APPROVE, _P.CLEARANCES, _P.WATCHLISTS, _P.POLICY, _P.AUDIT, _P.RETENTION},
    Role.OPERATIONS: frozenset(
        {_P.ACCOUNT, _P.LANES_SEE, _P.TRANSITS_SEARCH, _P.OPERATIONS_SEE, _P.FIRMS_APPROVE,
         _P.CLEARANCES}
    ),
    Role.ADMINISTRATOR: frozenset(
        {_P.ACCOUNT, _P.OPERATIONS_SEE, _P.USERS, _P.DEVICES, _P.AUDIT, _P.RETENTION,
         _P.APPROVE}
    ),
    Role.FIRM_ADMINISTRATOR: _FIRM | {_P.FIRM_ADMINISTER},
    Role.FIRM_USER: _FIRM,
}  # fmt: skip

FIRM_ROLES = frozenset({Role.FIRM_ADMINISTRATOR, Role.FIRM_USER})


NEEDS_SECOND_FACTOR = frozenset(
    {Role.OFFICER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR}
)
"""Who signs in with a code beside the password, where the settings require it."""


def may(role: str, permission: Permission) -> bool:
    """Whether people of this role may; an unknown role may nothing."""
    try:
        return permission in PERMISSIONS[Role(role)]
    except ValueError:
        return False
