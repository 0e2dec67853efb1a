"""Who may want an act that takes two persons, and who may be the second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gate.core.four_eyes import RULES, ActKind, may_confirm, may_propose
from gate.core.permissions import Role

ACTS = st.sampled_from(ActKind)
ROLES = st.sampled_from([role.value for role in Role])
NAMES = st.sampled_from(["quan", "minh", "thu"])


def test_every_act_has_its_rule() -> None:
    assert set(RULES) == set(ActKind)


@given(ACTS, ROLES, NAMES)
def test_nobody_of_any_role_confirms_what_they_proposed(act: ActKind, role: str, name: str) -> None:
    assert not may_confirm(role, name, act, name)


@given(ACTS, ROLES, st.text(max_size=12))
def test_a_role_that_is_none_takes_no_part(act: ActKind, role: str, more: str) -> None:
    assert not may_propose(f"{role}!{more}", act)
    assert not may_confirm(f"{role}!{more}", "minh", act, "quan")


def test_a_key_of_another_system_is_proposed_and_confirmed_by_whom_a_devices_key_is() -> None:
    first = {role for role in Role if may_propose(role.value, ActKind.SYSTEM_KEY)}
    second = {role for role in Role if may_confirm(role.value, "b", ActKind.SYSTEM_KEY, "a")}
    assert first == {Role.ADMINISTRATOR}
    assert second == {Role.ADMINISTRATOR, Role.SUPERVISOR}
    assert RULES[ActKind.SYSTEM_KEY] == RULES[ActKind.DEVICE_KEY]
