"""Two thousand simulated transits with faults: nothing opens wrongly, nothing gets lost."""

from __future__ import annotations

from bench.core.matching import matching
from bench.core.simulate import simulate


def test_two_thousand_transits_with_faults() -> None:
    report = simulate(2_000, "tests")

    assert report.transits >= 2_000
    assert report.wrong == []
    assert report.lost == []
    assert report.double == []
    assert report.unasked == []
    assert report.tailgates[False] == 0
    assert report.honest[True] / report.honest.total() > 0.97
    assert len(report.faults) > 20


def test_the_same_seed_gives_the_same_history() -> None:
    assert simulate(60, "again").as_dict() == simulate(60, "again").as_dict()


def test_matching_among_near_identical_fleets_is_right_where_it_is_sure() -> None:
    found = matching(600, 20_000, "tests")

    assert found["of_these_right"] == 1.0
    assert found["given_999_per_mille"] > 450  # type: ignore[operator]
