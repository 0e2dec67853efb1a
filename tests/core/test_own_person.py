"""One human is never two persons, whatever accounts they make, help, take over and confirm."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
)

from gate.core.own_person import (
    CONFIRMERS,
    Barred,
    is_own_person,
    problem_of_confirming,
)
from gate.core.own_person import (
    given as after_giving,
)
from gate.core.permissions import Role

HONEST = ("anh", "viet", "quan")
ATTACKER = "mallory"


@dataclass
class Account:
    """``holder`` is the human it is for; ``held_by`` who can sign in as it now."""

    name: str
    holder: str
    held_by: str
    givers: frozenset[str] = frozenset()
    taken: bool = True
    known: bool = False
    """The attacker knows its first password, which was not changed yet."""


class OneHuman(RuleBasedStateMachine):
    """A dishonest administrator among honest ones, with every act of the users' page.

    An honest person can be talked into a new password for an account that is nobody's, but
    confirms an account only where its true holder shows that they are signed in. All accounts
    are administrators: the worst case.
    """

    def __init__(self) -> None:
        super().__init__()
        self.accounts = {
            name: Account(name=name, holder=name, held_by=name) for name in (*HONEST, ATTACKER)
        }

    def mine(self) -> list[Account]:
        return [a for a in self.accounts.values() if a.held_by == ATTACKER]

    def may_help(self, by: Account) -> bool:
        return is_own_person(by.givers)

    def confirm(self, by: Account, account: Account) -> None:
        problem = problem_of_confirming(
            by=by.name, by_role="administrator", by_givers=by.givers, name=account.name,
            givers=account.givers, taken=account.taken,
        )  # fmt: skip
        if problem is None:
            account.givers = frozenset()

    def give(self, by: Account, account: Account, *, kept: bool) -> None:
        """New keys: handed to the true holder (who has one), or ``kept`` by the attacker."""
        if not self.may_help(by):
            return
        account.givers = after_giving(account.givers, account.name, by.name)
        account.taken = by.name == account.name
        account.known = by.held_by == ATTACKER and not account.taken
        account.held_by = ATTACKER if kept or not account.holder else account.holder

    @rule(data=st.data())
    def the_attacker_makes_an_account_for_nobody(self, data: st.DataObject) -> None:
        by = data.draw(st.sampled_from(self.mine() or [self.accounts["anh"]]))
        if by.held_by != ATTACKER or not self.may_help(by) or len(self.accounts) > 8:
            return
        name = f"puppet-{len(self.accounts)}"
        self.accounts[name] = Account(
            name=name, holder="", held_by=ATTACKER, givers=after_giving((), name, by.name),
            taken=False,
        )  # fmt: skip

    @rule(data=st.data(), honest=st.booleans())
    def somebody_gives_keys(self, data: st.DataObject, honest: bool) -> None:
        givers = [a for a in self.accounts.values() if (a.held_by != ATTACKER) == honest]
        target = data.draw(st.sampled_from(list(self.accounts.values())))
        if givers:
            kept = not honest and data.draw(st.booleans())
            self.give(data.draw(st.sampled_from(givers)), target, kept=kept)

    @rule(data=st.data())
    def who_holds_it_chooses_a_password(self, data: st.DataObject) -> None:
        new = [a for a in self.accounts.values() if not a.taken]
        if new:
            account = data.draw(st.sampled_from(new))
            account.taken, account.known = True, False

    @rule(data=st.data())
    def the_attacker_is_first_to_use_a_first_password(self, data: st.DataObject) -> None:
        known = [a for a in self.accounts.values() if a.known]
        if known:
            data.draw(st.sampled_from(known)).held_by = ATTACKER

    @rule(data=st.data())
    def the_attacker_confirms(self, data: st.DataObject) -> None:
        mine, waiting = self.mine(), [a for a in self.accounts.values() if a.givers]
        if mine and waiting:
            self.confirm(data.draw(st.sampled_from(mine)), data.draw(st.sampled_from(waiting)))

    @rule(data=st.data())
    def an_honest_one_confirms_whose_holder_is_signed_in(self, data: st.DataObject) -> None:
        honest = [a for a in self.accounts.values() if a.held_by in HONEST]
        seen = [a for a in self.accounts.values() if a.givers and a.held_by == a.holder]
        if honest and seen:
            self.confirm(data.draw(st.sampled_from(honest)), data.draw(st.sampled_from(seen)))

    @invariant()
    def one_human_has_one_account_that_counts(self) -> None:
        counting = [a.name for a in self.mine() if is_own_person(a.givers)]
        assert len(counting) <= 1, counting


OneHuman.TestCase.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
TestOneHuman = OneHuman.TestCase

NAMES = st.sampled_from(["a", "b", "c"])
GIVERS = st.frozensets(NAMES)


def test_who_confirms_counts_is_another_and_gave_nothing() -> None:
    """Every case there is: at random the few good ones hardly ever come up."""
    sets = [frozenset(some) for n in range(4) for some in combinations("abc", n)]
    confirmed = 0
    for by, name, role, by_givers, givers, taken in product(
        "abc", "abc", Role, sets, sets, (False, True)
    ):
        against = [
            why
            for why, stands in (
                (Barred.ROLE, role not in CONFIRMERS),
                (Barred.UNCONFIRMED, by_givers),
                (Barred.ALREADY, not givers),
                (Barred.OWN, by == name),
                (Barred.GIVER, by in givers),
                (Barred.NOT_TAKEN, not taken),
            )
            if stands
        ]
        found = problem_of_confirming(
            by=by, by_role=role, by_givers=by_givers, name=name, givers=givers, taken=taken
        )
        assert found == (against[0] if against else None)
        confirmed += found is None
    # Six pairs, two roles, three sets of givers without the one who confirms.
    assert confirmed == 6 * 2 * 3


@given(givers=GIVERS, name=NAMES, by=NAMES)
def test_givers_add_up_and_ones_own_password_changes_nothing(
    givers: frozenset[str], name: str, by: str
) -> None:
    after = after_giving(givers, name, by)
    assert after >= givers
    assert (by in after) == (by != name or by in givers)


@pytest.mark.parametrize("role", ["officer", "shift_lead", "operations", "firm_user", "unknown"])
def test_other_roles_confirm_nobody(role: str) -> None:
    assert problem_of_confirming(
        by="x", by_role=role, by_givers=(), name="y", givers=("z",), taken=True
    ) is Barred.ROLE  # fmt: skip
