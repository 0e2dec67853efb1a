"""Which accounts count as a person of their own in acts of two persons.

Who makes an account, draws its password or resets its second factor can sign in as it: nobody can
tell from outside whether its holder or its maker chose the next password. So such an account is in
the hands of its givers until somebody else confirms it, and until then it is neither first nor
second of two, nor does it make, help or confirm other accounts. One rule for all three closes the
ways around: two accounts of one maker, a chain of accounts, an account that confirms its maker's
other one. What is done on the machine itself (``gate user``, the demonstration) gives nothing
away to a colleague: such accounts count from the start.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from gate.core.permissions import Role

CONFIRMERS = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})
"""Roles that may confirm an account; not one of those who gave its keys."""


class Barred(StrEnum):
    """Why an account can't be confirmed by this person now."""

    ROLE = "confirm_role"
    UNCONFIRMED = "self_unconfirmed"
    ALREADY = "confirmed_already"
    OWN = "confirm_own"
    GIVER = "confirm_giver"
    NOT_TAKEN = "not_taken"


def given(givers: Collection[str], name: str, by: str) -> frozenset[str]:
    """Who has had the keys of ``name`` in hand after ``by`` gave it new ones.

    New keys for oneself go through nobody else's hands. Givers add up: a second one does not
    wash the first away.
    """
    return frozenset(givers) if by == name else frozenset(givers) | {by}


def is_own_person(givers: Collection[str]) -> bool:
    """Whether the account counts: nobody gave it keys since it was last confirmed."""
    return not givers


def problem_of_confirming(
    *,
    by: str,
    by_role: str,
    by_givers: Collection[str],
    name: str,
    givers: Collection[str],
    taken: bool,
) -> Barred | None:
    """What stands against ``by`` confirming the account ``name``; None where they may.

    ``taken`` says that the holder has chosen an own password and set up what sign-in asks for:
    before that, a password that its giver knows would be confirmed.
    """
    if by_role not in CONFIRMERS:
        return Barred.ROLE
    if not is_own_person(by_givers):
        return Barred.UNCONFIRMED
    if is_own_person(givers):
        return Barred.ALREADY
    if by == name:
        return Barred.OWN
    if by in givers:
        return Barred.GIVER
    return None if taken else Barred.NOT_TAKEN
