"""The rules beyond plates and clearances: one test a rule, at its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gate.core.decide import EDITION, decide
from gate.core.reasons import RULES, reason
from gate.core.rules_identity import sources
from schemas.declarations import Declaration
from schemas.policy import Costs, Dangerous, Policy, Weighing
from schemas.transit import (
    Authority,
    Outcome,
    Reason,
    Seen,
    SeenDocument,
    SeenPass,
    SeenWeight,
)
from tests.core.builders import BOTH, NOW, declaration, inputs, look, seen

POLICY = Policy()
TODAY = NOW.date()


def reasons(
    what: Seen | None = None, declared: Declaration | None = None, policy: Policy = POLICY
) -> tuple[Reason, ...]:
    return decide(inputs(what, declared or declaration()), policy).reasons


def codes(
    what: Seen | None = None, declared: Declaration | None = None, policy: Policy = POLICY
) -> list[str]:
    return [r.code for r in reasons(what, declared, policy)]


def weighed(kg: int, stable: bool = True) -> Seen:
    return seen(weight=SeenWeight(gross_kg=kg, stable=stable))


@pytest.mark.parametrize(
    ("declared", "kg", "good"),
    [
        (30_000, 30_900, True), (30_000, 30_901, False), (30_000, 29_100, True),
        (30_000, 29_099, False), (10_000, 10_500, True), (10_000, 10_501, False),
        (10_000, 9_499, False), (0, 12_345, True),
    ],
)  # fmt: skip
def test_weight_may_differ_by_three_per_cent_or_500_kg(declared: int, kg: int, good: bool) -> None:
    found = reasons(weighed(kg), declaration(gross_kg=declared))

    assert [r.code for r in found] == ["OK_ALL" if good else "WEIGHT_DIFFERS"]
    if not good:
        assert dict(found[0].facts) == {"declared": str(declared), "weighed": str(kg)}
        assert "allowed" in found[0].text


def test_weight_above_the_law_is_denied_and_nobody_may_override() -> None:
    found = reasons(weighed(44_001), declaration(permitted_kg=44_000))

    assert (found[0].code, found[0].outcome, found[0].override) == (
        "OVERWEIGHT_LEGAL", Outcome.DENY, Authority.NONE,
    )  # fmt: skip
    assert found[0].text == "44,001 kg, permitted are 44,000 kg"
    assert codes(weighed(44_000), declaration(permitted_kg=44_000)) == ["OK_ALL"]
    lenient = Policy(weighing=Weighing(legal_percent=1.0))
    assert codes(weighed(44_440), declaration(permitted_kg=44_000), lenient) == ["OK_ALL"]


def test_an_unstable_or_missing_weight_holds_only_where_it_counts() -> None:
    assert codes(weighed(30_000, stable=False)) == ["WEIGHT_UNSTABLE"]
    assert codes(seen(), policy=Policy(require=("weight",))) == ["WEIGHT_UNSTABLE"]
    wanted = Policy(require=("weight",))
    assert codes(weighed(30_000), declaration(gross_kg=30_000), wanted) == ["OK_ALL"]
    assert codes(weighed(30_000), declaration(gross_kg=0), wanted) == ["WEIGHT_DIFFERS"]
    assert codes(weighed(30_000), declaration(gross_kg=0)) == ["OK_ALL"]


def test_seals_must_be_the_declared_ones() -> None:
    sealed = declaration(seals=("VN001", "VN002"))

    assert codes(seen(seals=("VN002", "VN001")), sealed) == ["OK_ALL"]
    assert codes(seen(seals=("VN001",)), sealed) == ["SEAL_MISSING"]
    assert codes(seen(seals=()), sealed) == ["SEAL_MISSING"]
    assert codes(seen(seals=("VN001", "VN003")), sealed) == ["SEAL_MISMATCH"]
    assert codes(seen(seals=("VN003",))) == ["SEAL_MISMATCH"]
    assert codes(seen(seals=("VN-002", "VN 001")), sealed) == ["OK_ALL"]
    assert codes(seen(seals=("VN001",)), declaration(seals=("vn 0-01",))) == ["OK_ALL"]
    assert codes(seen(), sealed) == ["OK_ALL"]
    assert codes(seen(), sealed, Policy(require=("seal",))) == ["SEAL_MISSING"]
    assert codes(seen(), declaration(), Policy(require=("seal",))) == ["OK_ALL"]
    assert reasons(seen(seals=("VN003",)), sealed)[0].text == (
        "seal VN003 is not declared (declared: VN001, VN002)"
    )


def test_dangerous_goods_pass_only_their_lane() -> None:
    diesel = declaration(un_number="UN1202")
    here = Policy(dangerous=Dangerous(lanes=(("UN1202", ("lane-1", "lane-4")),)))
    there = Policy(dangerous=Dangerous(lanes=(("UN1202", ("lane-4",)),)))

    assert codes(seen(), diesel, here) == ["OK_ALL"]
    (elsewhere,) = reasons(seen(), diesel, there)
    assert (elsewhere.code, elsewhere.text) == (
        "DANGEROUS_GOODS", "dangerous goods UN1202 need lane lane-4",
    )  # fmt: skip
    assert reasons(seen(), diesel)[0].text == "dangerous goods UN1202 need an escort"


def test_permit_and_insurance_hold_once_they_have_ended() -> None:
    over = NOW - timedelta(seconds=1)

    assert codes(declared=declaration(permit_until=over)) == ["PERMIT_EXPIRED"]
    assert codes(declared=declaration(insurance_until=over)) == ["INSURANCE_EXPIRED"]
    assert codes(declared=declaration(permit_until=NOW, insurance_until=NOW)) == ["OK_ALL"]


def test_a_late_return_and_a_jumped_queue_hold() -> None:
    assert codes(seen(return_overdue=True)) == ["RETURN_OVERDUE"]
    assert codes(seen(not_called=True)) == ["QUEUE_JUMP"]


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        (SeenDocument(kind="border_pass", number="1", problem="unreadable"), "DOC_UNREADABLE"),
        (SeenDocument(kind="border_pass", number="1", problem="checkdigit"), "DOC_CHECKDIGIT"),
        (SeenDocument(kind="border_pass", number="1", problem="torn"), "DOC_UNREADABLE"),
        (SeenDocument(kind="passport", number="1", until=TODAY - timedelta(days=1)), "DOC_EXPIRED"),
        (SeenDocument(kind="passport", number="1", until=TODAY), "OK_ALL"),
    ],
)
def test_a_bad_document_holds(paper: SeenDocument, code: str) -> None:
    assert codes(seen(documents=(paper,))) == [code]


def test_one_good_document_beside_a_bad_one_is_enough() -> None:
    bad = SeenDocument(kind="passport", number="1", problem="checkdigit")
    good = SeenDocument(kind="identity_card", number="2", until=TODAY)

    assert codes(seen(documents=(bad, good))) == ["OK_ALL"]
    assert codes(seen(), policy=Policy(require=("document",))) == ["DOC_UNREADABLE"]


def test_another_driver_or_his_expired_document_hold() -> None:
    declared = declaration(driver="Nguyễn Văn A", driver_document="001")
    (other,) = reasons(seen(documents=(SeenDocument(kind="passport", number="002"),)), declared)

    assert other.code == "DRIVER_MISMATCH"
    assert dict(other.facts) == {"declared": "001", "read": "002"}
    assert codes(seen(documents=(SeenDocument(kind="p", number="001"),)), declared) == ["OK_ALL"]
    old = replace(declared, driver_document_until=date(2026, 11, 23))
    assert codes(declared=old) == ["DOC_EXPIRED"]
    assert codes(declared=replace(old, driver_document_until=TODAY)) == ["OK_ALL"]


def test_a_closed_lane_and_one_worked_by_hand_open_for_nobody() -> None:
    assert codes(seen(lane_mode="closed")) == ["LANE_CLOSED"]
    assert codes(seen(lane_mode="manual")) == ["LANE_MANUAL"]


def test_two_readers_of_one_picture_that_disagree_hold() -> None:
    other = replace(look("14C12346"), engine="second")
    same = replace(look(), engine="second")

    assert "READERS_DISAGREE" in codes(seen(*BOTH, other))
    assert "READERS_DISAGREE" not in codes(seen(*BOTH, same))
    unsure = replace(other, confidence=0.1)
    assert "READERS_DISAGREE" not in codes(seen(*BOTH, unsure))


def test_a_policy_may_ask_for_two_persons_more_often() -> None:
    strict = Policy(second_for=("LANE_MANUAL",))

    assert reasons(seen(lane_mode="manual"), policy=strict)[0].second
    assert not reasons(seen(lane_mode="manual"))[0].second


def test_the_costs_set_the_probability_that_opens() -> None:
    assert Costs(wrong_release=999.0, unneeded_hold=1.0).release_min == pytest.approx(0.999)
    front = look()
    eight = replace(
        front, characters=(*front.characters[:5], (("3", 0.97), ("8", 0.03)), *front.characters[6:])
    )
    mate = declaration(2, tractor_plate="14C12845")
    easy = Policy(costs=Costs(wrong_release=9.0, unneeded_hold=1.0))
    unsure = inputs(seen(eight, BOTH[1]), declaration(), mate)

    assert [r.code for r in decide(unsure, easy).reasons] == ["OK_ALL"]
    assert [r.code for r in decide(unsure, POLICY).reasons] == ["SEVERAL_DECLARATIONS"]


def test_a_match_too_weak_to_open_says_how_weak() -> None:
    front = look("14C12345", sure=0.62)
    (doubt,) = reasons(seen(front, look(role="rear", sure=0.62)), declaration(trailer_plate=""),
                       Policy(undeclared_share=0.9999, open_declarations=10**9,
                              same_plate_once=False))  # fmt: skip

    assert doubt.code == "PLATE_DOUBTFUL"
    assert "opening needs 99.90%" in doubt.text


def test_every_reason_of_the_table_has_a_way_and_keeps_its_fixed_part() -> None:
    final = {"OK_ALL", "OFFICER_RELEASED", "CUSTOMS_REFUSED", "QUARANTINE_REFUSED",
             "BORDER_GUARD_REFUSED"}  # fmt: skip
    for code, rule in RULES.items():
        made = reason(code, "words", b="2", a="1")
        assert (made.outcome, made.override, made.second, made.restricted, made.way) == (
            rule.outcome, rule.override, rule.second, rule.restricted, rule.way,
        )  # fmt: skip
        assert made.facts == (("a", "1"), ("b", "2"))
        assert bool(rule.way) is (code not in final)
        assert rule.restricted is code.startswith("WATCHLIST_")


def test_a_decision_names_the_edition_of_the_rules() -> None:
    assert decide(inputs(), POLICY).rules == EDITION


def test_sources_are_named_and_each_must_be_good() -> None:
    declared = declaration(driver_document="001")
    paper = SeenDocument(kind="passport", number="001")
    shown = SeenPass(declaration=declared.number, plate="14C12345")
    everything = seen(
        *BOTH, look(role="side"), containers=("CSQU3054383",), documents=(paper,), gate_pass=shown
    )

    assert sources(everything, declared, POLICY) == (
        "the front plate", "the rear plate", "the container", "the driver's document",
        "the gate pass",
    )  # fmt: skip
    nothing = seen(
        look("99H88877"), look("99R55544", "rear"), containers=("MSKU6011672",),
        documents=(replace(paper, problem="checkdigit"),), gate_pass=replace(shown, problem="x"),
    )  # fmt: skip
    assert sources(nothing, declared, POLICY) == ()
    other = replace(everything, plates=(), documents=(replace(paper, number="2"),),
                    gate_pass=replace(shown, declaration="x"))  # fmt: skip
    assert sources(other, declared, POLICY) == ("the container",)
    assert sources(everything, declaration(), POLICY)[-1] == "the gate pass"
    assert "the driver's document" not in sources(everything, declaration(), POLICY)
    rigid = replace(declared, trailer_plate="")
    twice = seen(look(), look(role="rear"))
    trusting = Policy(same_plate_once=False)
    assert sources(twice, rigid, POLICY) == ("the front plate",)
    assert sources(twice, rigid, trusting) == ("the front plate", "the rear plate")
    assert set(sources(everything, declared, trusting)) == {
        "the side plate", *sources(everything, declared, POLICY)
    }  # fmt: skip
    ends = seen(look(), look(role="side"))
    assert sources(ends, declared, POLICY) == ("the front plate",)
    blurred = seen(look(sure=0.4), look("14R01234", "rear", sure=0.4))
    assert sources(blurred, declared, POLICY) == ()


def test_too_few_sources_are_named_in_the_reason() -> None:
    (found,) = reasons(policy=Policy(sources_needed=3))
    assert found.text == (
        "the front plate and the rear plate agrees with the declaration, 3 sources are needed"
    )
