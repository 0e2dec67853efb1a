"""What the roles are called."""

from __future__ import annotations

from gate.core.permissions import Role
from gate.web.language import N_, _

NAMES = {
    Role.OFFICER: N_("officer"),
    Role.SHIFT_LEAD: N_("shift lead"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.OPERATIONS: N_("operations"),
    Role.ADMINISTRATOR: N_("administrator"),
    Role.FIRM_ADMINISTRATOR: N_("firm administrator"),
    Role.FIRM_USER: N_("firm user"),
}


def role_name(role: str) -> str:
    """The role in the reader's language."""
    return _(NAMES[Role(role)])
