"""The gate pass: round trip, forgery, time, truck, and hostile text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from schemas.gate_pass import (
    GatePass,
    GatePassError,
    PassProblem,
    decode_pass,
    encode_pass,
    looks_like_pass,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PASS = GatePass(
    pass_id="P7Q2",
    key="k1",
    declaration="D-2026-000123",
    plate="14C12345",
    gate="LS1",
    valid_from=NOW - timedelta(hours=1),
    valid_until=NOW + timedelta(hours=6),
)


def verify(key: str, signature: bytes, message: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return key == "k1"


def problem(text: str, now: datetime = NOW, plate: str | None = None) -> PassProblem:
    with pytest.raises(GatePassError) as refused:
        decode_pass(text, verify, now, plate)
    assert str(refused.value)
    return refused.value.problem


def test_a_pass_comes_back_as_it_was_made() -> None:
    text = encode_pass(PASS, KEY.sign)
    assert looks_like_pass(text)
    assert decode_pass(text, verify, NOW) == PASS
    assert decode_pass(text, verify, NOW, "14C-123.45") == PASS


def test_a_pass_of_another_truck_time_or_key_is_refused_with_its_reason() -> None:
    text = encode_pass(PASS, KEY.sign)
    assert problem(text, plate="14C99999") is PassProblem.OTHER_TRUCK
    assert problem(text, NOW - timedelta(hours=2)) is PassProblem.NOT_YET
    assert problem(text, PASS.valid_until) is PassProblem.EXPIRED
    assert problem(encode_pass(PASS, OTHER_KEY.sign)) is PassProblem.FORGED
    assert problem(encode_pass(replace(PASS, key="k2"), KEY.sign)) is PassProblem.FORGED
    assert problem("https://example.org") is PassProblem.NOT_A_PASS


@given(st.integers(0, 400), st.characters(codec="utf-8"))
def test_no_change_of_any_character_is_accepted(place: int, other: str) -> None:
    text = encode_pass(PASS, KEY.sign)
    place %= len(text)
    changed = text[:place] + other + text[place + 1 :]
    if changed != text:
        assert problem(changed) in (PassProblem.FORGED, PassProblem.NOT_A_PASS)


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_text_is_refused_as_forged(fields: str, signature: str) -> None:
    assert problem(f"BG1.{fields}.{signature}") in (PassProblem.FORGED, PassProblem.NOT_A_PASS)


@pytest.mark.parametrize("bad", ["", "a~b", "a\nb", "a\x00b"])
def test_fields_that_would_break_the_form_are_refused_when_encoding(bad: str) -> None:
    with pytest.raises(ValueError, match="gate pass"):
        encode_pass(replace(PASS, declaration=bad), KEY.sign)


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        encode_pass(replace(PASS, valid_until=datetime(2026, 1, 1)), KEY.sign)  # noqa: DTZ001
