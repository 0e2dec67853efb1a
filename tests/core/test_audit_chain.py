"""The chain of entries: any changed, missing or moved one is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from gate.core.audit import START, Entry, append, check, digest, hash_of, lane_chain, moment
from tests.core.builders import NOW


def chain(length: int) -> list[Entry]:
    made: list[Entry] = []
    for n in range(length):
        last = (made[-1].number, made[-1].hash) if made else None
        made.append(
            append(
                last, chain=lane_chain("lane-1"), at=NOW + timedelta(seconds=n), actor="machine",
                action="tick", subject=f"step/{n + 1}", data_hash=digest([n]),
            )
        )  # fmt: skip
    return made


def found(entries: list[Entry]) -> list[tuple[int, str]]:
    return [(fault.number, fault.kind) for fault in check(entries)]


def test_a_whole_chain_has_no_fault() -> None:
    entries = chain(20)

    assert found(entries) == found([]) == []
    assert entries[0].previous == START
    assert [e.number for e in entries] == list(range(1, 21))
    assert entries[0].chain == "lane/lane-1"


@given(st.integers(0, 9), st.sampled_from(["actor", "action", "subject", "data_hash", "chain"]))
def test_a_changed_field_is_named(at: int, field: str) -> None:
    entries = chain(10)
    entries[at] = replace(entries[at], **{field: "other"})

    assert found(entries) == [(at + 1, "changed")]


@given(st.integers(0, 9))
def test_an_entry_replaced_by_a_well_made_one_is_found_where_the_next_does_not_follow(
    at: int,
) -> None:
    entries = chain(10)
    forged = replace(entries[at], actor="other", hash="")
    entries[at] = replace(forged, hash=hash_of(forged))

    assert found(entries) == ([(at + 2, "reordered")] if at < 9 else [])


@given(st.integers(0, 8), st.integers(1, 3))
def test_missing_entries_are_named_by_the_first_of_them(at: int, many: int) -> None:
    entries = chain(12)
    del entries[at : at + many]

    assert found(entries) == [(at + 1, "missing")]
    (fault,) = check(entries)
    assert fault.text == f"entries {at + 1} to {at + many} are gone"


def test_two_entries_that_changed_places_are_found() -> None:
    entries = chain(6)
    third, fourth = entries[2], entries[3]
    entries[2], entries[3] = replace(fourth, number=3), replace(third, number=4)

    assert found(entries)[:2] == [(3, "changed"), (4, "changed")]


def test_a_time_is_hashed_the_same_whatever_zone_it_came_in() -> None:
    hanoi = timezone(timedelta(hours=7))

    assert moment(datetime(2026, 11, 24, 15, 0, tzinfo=hanoi)) == "2026-11-24T08:00:00.000000+00:00"
    assert moment(datetime(2026, 11, 24, 8, 0, tzinfo=UTC)) == "2026-11-24T08:00:00.000000+00:00"


def test_a_digest_depends_on_values_not_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": "đ"}) == digest({"b": "đ", "a": 1}) != digest({"a": 1, "b": "d"})
    assert digest([]) == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"


def test_faults_say_what_is_wrong() -> None:
    changed, moved = chain(3), chain(3)
    changed[1] = replace(changed[1], actor="other")
    forged = replace(moved[0], actor="other", hash="")
    moved[0] = replace(forged, hash=hash_of(forged))

    (first,) = check(changed)
    assert (first.chain, first.text) == ("lane/lane-1", "its content does not give its hash")
    (second,) = check(moved)
    assert second.text == (
        "it does not follow the entry before it: one of them was replaced or moved"
    )


def test_the_first_entry_and_one_after_it_are_made_to_the_letter() -> None:
    one, two = chain(2)

    assert (one.number, one.previous, two.number, two.previous) == (1, "0" * 64, 2, one.hash)
    assert (one.actor, one.action, one.subject, one.at) == ("machine", "tick", "step/1", NOW)
    assert one.hash == digest(
        ["lane/lane-1", 1, "2026-11-24T08:00:00.000000+00:00", "machine", "tick", "step/1",
         digest([0]), "0" * 64]
    )  # fmt: skip
