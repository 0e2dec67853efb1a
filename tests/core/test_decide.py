"""May this truck pass? One test a rule, and what must hold for all inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.core.audit import canonical
from gate.core.decide import decide, officer_release
from gate.store.plain import DECISION, INPUTS, to_plain
from schemas.declarations import Clearance, Clearances, DeclarationStatus, Direction
from schemas.policy import Policy
from schemas.transit import Outcome, SeenDocument
from tests.core.builders import BOTH, NOW, PASSED, declaration, inputs, look, seen

POLICY = Policy()


def codes(*arguments: object, **options: object) -> list[str]:
    return [r.code for r in decide(inputs(*arguments, **options), POLICY).reasons]  # type: ignore[arg-type]


def test_a_declared_cleared_truck_passes() -> None:
    decision = decide(inputs(), POLICY)

    assert decision.outcome is Outcome.RELEASE
    assert [r.code for r in decision.reasons] == ["OK_ALL"]
    assert decision.plate == "14C12345"
    assert decision.declaration == UUID(int=1)
    assert decision.match.candidates[0].probability > 0.999


def test_a_truck_without_trailer_passes_on_its_plates_only_where_the_policy_trusts_them() -> None:
    """Whoever clones the plate clones both; the shipped policy wants a paper beside them."""
    alone = declaration(trailer_plate="", containers=(), driver_document="022090001234")
    both = seen(look(), look(role="rear"))

    assert codes(both, alone) == ["PLATE_DOUBTFUL"]
    trusting = decide(inputs(both, alone), Policy(same_plate_once=False))
    assert [r.code for r in trusting.reasons] == ["OK_ALL"]
    paper = SeenDocument(kind="identity_card", number="022090001234")
    assert codes(replace(both, documents=(paper,)), alone) == ["OK_ALL"]


def test_no_reading_holds() -> None:
    blind = replace(seen(), plates=(), unread=((UUID(int=5), "no_plate"),))

    assert codes(blind) == ["PLATE_UNREADABLE"]


def test_only_the_rear_plate_holds() -> None:
    assert "PLATE_UNREADABLE" in codes(seen(look("14R01234", "rear")))


def test_an_unknown_truck_holds() -> None:
    decision = decide(inputs(seen(look("99H88877"), look("99R55544", "rear"))), POLICY)

    assert decision.outcome is Outcome.HOLD
    assert decision.reasons[0].code == "NO_DECLARATION"
    assert decision.declaration is None


def test_nothing_declared_at_all_holds() -> None:
    empty = replace(inputs(), declarations=())

    assert [r.code for r in decide(empty, POLICY).reasons] == ["NO_DECLARATION"]


@pytest.mark.parametrize("misread", ["14C12346", "14C1234", "14C123455", "16C12345"])
def test_a_near_miss_never_opens_and_shows_both_texts(misread: str) -> None:
    decision = decide(inputs(seen(look(misread), look("14R01234", "rear"))), POLICY)

    assert decision.outcome is Outcome.HOLD
    doubtful = [r for r in decision.reasons if r.code == "PLATE_DOUBTFUL"]
    if decision.declaration is not None and doubtful[0].facts:
        assert dict(doubtful[0].facts)["declared"] == "14C12345"


def test_one_unsure_character_holds_however_sure_the_others_are() -> None:
    unsure = look()
    weak = (*unsure.characters[:4], (("3", 0.4), ("8", 0.35)), *unsure.characters[5:])

    assert "PLATE_DOUBTFUL" in codes(seen(replace(unsure, characters=weak), BOTH[1]))


def test_many_looks_of_one_camera_are_one_source_and_hold() -> None:
    alone = declaration(trailer_plate="", containers=())

    trusting = Policy(same_plate_once=False)

    for two, said in ((look(n=2), "PLATE_DOUBTFUL"), (look(role="rear"), "OK_ALL")):
        (found,) = decide(inputs(seen(look(), two), alone), trusting).reasons
        assert found.code == said


def test_a_declared_trailer_that_nobody_saw_holds() -> None:
    assert "PLATE_UNREADABLE" in codes(seen(look(), containers=("CSQU3054383",)))


def test_front_and_rear_of_one_plate_may_count_once_against_clones() -> None:
    once = Policy(same_plate_once=True)
    rigid = declaration(trailer_plate="")
    both = seen(look(), look(role="rear"))

    assert decide(inputs(both, rigid), once).reasons[0].code == "PLATE_DOUBTFUL"
    paper = replace(both, containers=("CSQU3054383",))
    assert decide(inputs(paper, rigid), once).outcome is Outcome.RELEASE
    assert decide(inputs(), once).outcome is Outcome.RELEASE


def test_front_plate_and_container_are_two_sources() -> None:
    rigid = declaration(trailer_plate="")

    assert codes(seen(look(), containers=("CSQU3054383",)), rigid) == ["OK_ALL"]


def test_two_open_declarations_of_one_truck_ask_the_officer() -> None:
    assert "SEVERAL_DECLARATIONS" in codes(None, declaration(1), declaration(2))


def test_a_used_declaration_beside_an_open_one_is_no_doubt() -> None:
    used = declaration(1, status=DeclarationStatus.DEPARTED)

    assert codes(None, used, declaration(2)) == ["OK_ALL"]


def test_another_trailer_than_declared_holds() -> None:
    assert "TRAILER_MISMATCH" in codes(seen(look(), look("15R77777", "rear")))


def test_front_and_rear_of_a_rigid_truck_that_differ_hold() -> None:
    alone = declaration(trailer_plate="")

    assert "FRONT_REAR_DIFFER" in codes(seen(look(), look("29H55555", "rear")), alone)


def test_a_foreign_container_holds() -> None:
    assert "CONTAINER_MISMATCH" in codes(seen(containers=("MSKU0000000",)))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (DeclarationStatus.EXPIRED, "DECLARATION_EXPIRED"),
        (DeclarationStatus.CANCELLED, "DECLARATION_CANCELLED"),
        (DeclarationStatus.RELEASED, "DECLARATION_USED"),
        (DeclarationStatus.DEPARTED, "DECLARATION_USED"),
        (DeclarationStatus.SUBMITTED, "DECLARATION_NOT_ACCEPTED"),
        (DeclarationStatus.CLEARING, "DECLARATION_NOT_CLEARED"),
    ],
)
def test_a_declaration_that_is_not_cleared_holds(status: DeclarationStatus, code: str) -> None:
    assert code in codes(None, declaration(status=status))


@pytest.mark.parametrize(
    ("part", "word", "code", "outcome"),
    [
        ("customs", Clearance.PENDING, "CUSTOMS_PENDING", Outcome.HOLD),
        ("customs", Clearance.FAILED, "CUSTOMS_REFUSED", Outcome.DENY),
        ("border_guard", Clearance.PENDING, "BORDER_GUARD_PENDING", Outcome.HOLD),
        ("quarantine", Clearance.FAILED, "QUARANTINE_REFUSED", Outcome.DENY),
        ("fee", Clearance.PENDING, "FEE_UNPAID", Outcome.HOLD),
    ],
)
def test_every_missing_clearance_stops(
    part: str, word: Clearance, code: str, outcome: Outcome
) -> None:
    decision = decide(inputs(None, declaration(clearances=replace(PASSED, **{part: word}))), POLICY)

    assert decision.outcome is outcome
    assert decision.reasons[0].code == code


def test_the_worst_reason_comes_first() -> None:
    refused = declaration(clearances=Clearances(customs=Clearance.FAILED, fee=Clearance.PENDING))
    outcomes = [r.outcome.severity for r in decide(inputs(None, refused), POLICY).reasons]

    assert outcomes == sorted(outcomes, reverse=True)


def test_wrong_gate_and_direction_are_denied() -> None:
    assert "WRONG_GATE" in codes(None, declaration(gate="hekou"))
    assert "WRONG_DIRECTION" in codes(None, declaration(direction=Direction.IMPORT))


def test_outside_the_window_holds() -> None:
    assert "TOO_EARLY" in codes(now=NOW - timedelta(hours=8))
    assert "TOO_LATE" in codes(now=NOW + timedelta(hours=12))


def test_an_expired_permit_holds() -> None:
    assert codes(None, declaration(permit_until=NOW - timedelta(days=1))) == ["PERMIT_EXPIRED"]


def test_old_pictures_and_doubtful_clocks_hold() -> None:
    assert codes(seen(oldest_capture_at=NOW - timedelta(minutes=10))) == ["EVIDENCE_LATE"]
    assert codes(seen(clock_untrusted=("cam-front",))) == ["CLOCK_UNTRUSTED"]
    assert codes(seen(degraded=("reader",))) == ["SYSTEM_DEGRADED"]


def test_a_vehicle_that_is_inside_already_is_referred() -> None:
    assert decide(inputs(seen(already_inside=True)), POLICY).outcome is Outcome.REFER


def test_a_plate_typed_by_an_officer_replaces_the_front_reading() -> None:
    misread = seen(look("14C12846", sure=0.5), BOTH[1], corrected_plate="14C12345")

    assert codes(misread) == ["OK_ALL"]


def test_an_officers_release_keeps_what_the_machine_said() -> None:
    machine = decide(inputs(seen(look())), POLICY)
    decision = officer_release(machine, "papers checked", "ha")

    assert decision.outcome is Outcome.RELEASE
    assert [r.code for r in decision.reasons] == [
        "OFFICER_RELEASED",
        "PLATE_DOUBTFUL",
        "PLATE_UNREADABLE",
    ]


plates = st.sampled_from(["14C12345", "14C12346", "14R01234", "桂F12345", "99H88877", "?", ""])
looks = st.builds(
    lambda text, role, sure, n: look(text, role, sure, n),
    plates,
    st.sampled_from(["front", "rear", "side"]),
    st.floats(0.01, 1.0),
    st.integers(0, 20),
)
clearance = st.sampled_from(list(Clearance))
declared = st.builds(
    lambda n, status, customs, guard, quarantine, fee, tractor, trailer: declaration(
        n,
        status=status,
        tractor_plate=tractor,
        trailer_plate=trailer,
        clearances=Clearances(customs=customs, border_guard=guard, quarantine=quarantine, fee=fee),
    ),
    st.integers(1, 5),
    st.sampled_from(list(DeclarationStatus)),
    clearance,
    clearance,
    clearance,
    clearance,
    st.sampled_from(["14C12345", "14C12346", "桂F12345"]),
    st.sampled_from(["", "14R01234"]),
)
anything = st.builds(
    lambda ls, ds, now: replace(
        inputs(now=now),
        seen=replace(seen(), plates=tuple(ls)),
        declarations=tuple({d.id: d for d in ds}.values()),
    ),
    st.lists(looks, max_size=4),
    st.lists(declared, max_size=4),
    st.integers(-600, 600).map(lambda m: NOW + timedelta(minutes=m)),
)


@given(anything)
def test_release_only_where_every_condition_holds(case) -> None:  # type: ignore[no-untyped-def]
    decision = decide(case, POLICY)

    if decision.outcome is Outcome.RELEASE:
        chosen = next(d for d in case.declarations if d.id == decision.declaration)
        said = chosen.clearances
        good = (Clearance.PASSED, Clearance.NOT_NEEDED)
        assert chosen.status is DeclarationStatus.CLEARED
        assert said.customs in good
        assert said.border_guard in good
        assert said.quarantine in good
        assert said.fee in good
        assert any(k.text == chosen.tractor_plate for k in case.seen.plates)
        assert {k.role for k in case.seen.plates if k.text} >= {"front", "rear"} or any(
            k.role == "side" for k in case.seen.plates
        )
    else:
        assert decision.reasons[0].code != "OK_ALL"


@given(anything)
def test_a_decision_recomputed_from_its_stored_inputs_is_the_same(case) -> None:  # type: ignore[no-untyped-def]
    first = to_plain(DECISION, decide(case, POLICY))
    again = to_plain(DECISION, decide(INPUTS.validate_python(to_plain(INPUTS, case)), POLICY))

    assert canonical(again) == canonical(first)


@given(anything)
def test_match_probabilities_add_up_and_none_is_one_of_them(case) -> None:  # type: ignore[no-untyped-def]
    found = decide(case, POLICY).match
    total = found.none + sum(c.probability for c in found.candidates)

    assert 0.0 <= found.none <= 1.0
    assert total == pytest.approx(1.0, abs=1e-4) or len(case.declarations) > 5


def test_dangerous_goods_are_referred() -> None:
    decision = decide(inputs(None, declaration(un_number="UN1202")), POLICY)

    assert decision.outcome is Outcome.REFER
    assert decision.reasons[0].code == "DANGEROUS_GOODS"
