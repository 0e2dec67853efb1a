"""Identifiers, names and topics: what goes in comes out, everything else is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import check_name, check_uuid7, uuid7, uuid7_ms
from schemas.protocol_errors import BadId, BadName, BadTopic, UnknownChannel
from schemas.topics import Channel, Topic, parse_topic, topic_filter
from tests.schemas.strategies import topics

randomness = st.binary(min_size=10, max_size=10)


@given(st.integers(0, 2**48 - 1), randomness)
def test_a_uuid7_keeps_its_time_and_is_valid(ms: int, random: bytes) -> None:
    made = uuid7(ms, random)
    assert check_uuid7(made) == made
    assert uuid7_ms(made) == ms


@given(st.integers(0, 2**48 - 2), randomness, randomness)
def test_uuid7s_of_later_milliseconds_sort_after_earlier_ones(
    ms: int, first: bytes, second: bytes
) -> None:
    assert uuid7(ms, first) < uuid7(ms + 1, second)


def test_a_uuid7_agrees_with_the_example_of_rfc_9562() -> None:
    """Appendix A.6: time 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F."""
    bits = (0xCC3 << 62) | (0x18C4DC0C0C07398F & (2**62 - 1))
    made = uuid7(0x017F22E279B0, bits.to_bytes(10))
    assert made == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@pytest.mark.parametrize(("ms", "random"), [(-1, b"0" * 10), (2**48, b"0" * 10), (0, b"short")])
def test_a_uuid7_from_impossible_parts_is_refused(ms: int, random: bytes) -> None:
    with pytest.raises(BadId):
        uuid7(ms, random)


@given(topics)
def test_a_topic_survives_its_text(topic: Topic) -> None:
    assert parse_topic(str(topic)) == topic


@given(st.text())
def test_any_text_is_a_topic_or_a_typed_refusal(text: str) -> None:
    with contextlib.suppress(BadTopic, UnknownChannel):
        assert str(parse_topic(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gate/v1/a/b/c",
        "gate/v2/a/b/c/capture",
        "gate/v1/a/b/c/capture/x",
        "gate/v1//b/c/capture",
        "gate/v1/A/b/c/capture",
        "gate/v1/+/b/c/capture",
        "gate/v1/a/#/c/capture",
        "gate/v1/a/b/" + "c" * 33 + "/capture",
        "gate/v1/a/b/c\n/capture",
    ],
)
def test_a_topic_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(BadTopic):
        parse_topic(text)


def test_an_unknown_channel_is_told_apart_from_a_bad_topic() -> None:
    with pytest.raises(UnknownChannel):
        parse_topic("gate/v1/a/b/c/gossip")


def test_filters_take_any_name_and_can_be_shared() -> None:
    assert topic_filter(Channel.CAPTURE, site="lang-son") == "gate/v1/lang-son/+/+/capture"
    shared = topic_filter(Channel.CAPTURE, share="intake")
    assert shared == "$share/intake/gate/v1/+/+/+/capture"
    with pytest.raises(BadName):
        topic_filter(Channel.CAPTURE, lane="#")


@pytest.mark.parametrize("name", ["", "A", "a_b", "a/b", "a" * 33, "ä", "a\n", "+", "#"])
def test_names_outside_the_allowed_letters_are_refused(name: str) -> None:
    with pytest.raises(BadName):
        check_name(name)
