"""Fees after the tariff was applied again: what was paid counts, and nothing is asked twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gate.core.filing.dues import Account, Balance, charges_anew, rebalanced

CODES = ("infrastructure", "yard", "old")
amounts = st.integers(0, 2_000)
owed = st.dictionaries(st.sampled_from(CODES), amounts)


@st.composite
def accounts(draw: st.DrawFn) -> list[Account]:
    """Accounts as they can be: nothing returned that was not paid, never both due and credit."""
    made = []
    for code in draw(st.sets(st.sampled_from(CODES))):
        paid = draw(amounts)
        due = draw(amounts)
        made.append(
            Account(
                code=code, currency="VND", due=due, paid=paid, waived=draw(amounts),
                credit=0 if due else draw(st.integers(0, paid)),
                returned=draw(st.integers(0, paid)),
            )
        )  # fmt: skip
    return made


def after(found: list[Account], changed: tuple[Balance, ...]) -> dict[str, Account]:
    """The accounts with their open items as they have to be."""
    made = {one.code: one for one in found}
    for one in changed:
        have = made.get(one.code, Account(code=one.code, currency="VND"))
        made[one.code] = replace(have, due=one.due, credit=one.credit)
    return made


@given(owed, accounts())
def test_what_is_owed_is_settled_or_due_and_no_more(
    wanted: dict[str, int], found: list[Account]
) -> None:
    made = after(found, rebalanced(wanted, found, "VND"))
    for code in wanted.keys() | made.keys():
        one = made.get(code, Account(code=code, currency="VND"))
        kept = one.paid - one.returned
        target = wanted.get(code, 0)
        assert one.due == max(0, target - kept - one.waived)
        assert one.due == 0 or one.credit == 0
        assert 0 <= one.credit <= kept
        if kept + one.waived >= target:
            # Paying back the credit leaves exactly what is owed, or nothing that was paid.
            assert kept - one.credit + one.waived == target or one.credit == kept


@given(owed, accounts())
def test_applying_the_same_tariff_again_changes_nothing(
    wanted: dict[str, int], found: list[Account]
) -> None:
    made = list(after(found, rebalanced(wanted, found, "VND")).values())
    assert rebalanced(wanted, made, "VND") == ()


def test_another_currency_is_left_alone() -> None:
    paid = Account(code="yard", currency="CNY", paid=30)
    assert rebalanced({"yard": 100_000}, [paid], "VND") == ()
    both = {"infrastructure": 5, "yard": 100_000, "zone": 7}
    assert rebalanced(both, [paid], "VND") == (
        Balance(code="infrastructure", due=5, credit=0), Balance(code="zone", due=7, credit=0),
    )  # fmt: skip


def test_only_what_fees_are_charged_for_charges_anew() -> None:
    before = {"tractor": {"plate": "14C12345"}, "driver": {"name": "A"}, "gross_kg": 9_000}
    assert not charges_anew(before, {**before, "driver": {"name": "B"}, "note": "x"})
    assert charges_anew(before, {**before, "gross_kg": 9_001})
    assert charges_anew(before, {**before, "tractor": {"plate": "14C12346"}})
