"""Several looks at one plate become one reading whose probability can be believed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.core.fuse import BURST_CORRELATION, Look, fuse, share
from gate.core.likelihood import MISREAD, Sight
from schemas.readings import Box, Reading, ReadingKind
from schemas.transit import SeenPlate
from tests.core.builders import look

CHARS = "0123456789ABCDEFGHKLMNPSTUVXYZ"


def reading(
    text: str,
    confidences: tuple[float, ...] | None = None,
    posterior: tuple[tuple[tuple[str, float], ...], ...] = (),
    confidence: float | None = None,
) -> Reading:
    """A plate reading; all of its characters are 0.9 likely unless told otherwise."""
    confidences = confidences or (0.9,) * len(text)
    whole = math.prod(confidences) if confidence is None else confidence
    return Reading(
        kind=ReadingKind.PLATE,
        text=text,
        raw=text,
        confidence=whole,
        confidences=confidences,
        box=Box(x=0, y=0, w=10, h=5),
        engine="test",
        model="",
        ms=1,
        posterior=posterior,
    )


def column(draw: st.DrawFn) -> tuple[tuple[str, float], ...]:
    """One position: two or three competing characters whose probabilities add up to at most 1."""
    chars = draw(st.lists(st.sampled_from(CHARS), min_size=2, max_size=3, unique=True))
    best = draw(st.floats(0.4, 0.99))
    rest = [draw(st.floats(0.001, 1.0)) for _ in chars[1:]]
    scale = (1 - best) * draw(st.floats(0.1, 1.0)) / sum(rest)
    pairs = zip(chars[1:], rest, strict=True)
    others = sorted(((c, r * scale) for c, r in pairs), key=lambda o: -o[1])
    if others[0][1] >= best:
        others = [(c, p * best / (others[0][1] * 1.01)) for c, p in others]
    return ((chars[0], best), *others)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """A reading of six to nine characters with a full posterior."""
    columns = tuple(column(draw) for _ in range(draw(st.integers(6, 9))))
    text = "".join(c[0][0] for c in columns)
    return reading(text, tuple(c[0][1] for c in columns), columns)


def looks(items: list[Reading], source: str = "front") -> list[Look]:
    """All of one camera."""
    return [Look(reading=r, source=source) for r in items]


@given(readings())
def test_one_look_alone_stays_as_it_is(one: Reading) -> None:
    fused = fuse(looks([one]))

    assert fused is not None
    assert fused.text == one.text
    assert fused.confidences == pytest.approx(one.confidences, abs=1e-3)
    assert fused.confidence == pytest.approx(one.confidence, abs=1e-2)


@given(readings(), st.integers(2, 5))
def test_full_correlation_makes_repeated_looks_worth_one(one: Reading, times: int) -> None:
    fused = fuse(looks([one] * times), burst_correlation=1.0)

    assert fused is not None
    assert fused.confidence == pytest.approx(one.confidence, abs=1e-2)


@given(readings(), st.integers(2, 5))
def test_agreeing_looks_never_lower_the_confidence(one: Reading, times: int) -> None:
    fused = fuse([Look(reading=one, source=f"camera {i}") for i in range(times)])

    assert fused is not None
    assert fused.text == one.text
    assert fused.agreeing == times
    assert fused.confidence >= one.confidence - 1e-3


@given(st.lists(readings(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_of_looks_does_not_matter(items: list[Reading], rng: object) -> None:
    mixed = list(items)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = fuse(looks(items)), fuse(looks(mixed))

    assert first is not None
    assert second is not None
    assert first.text == second.text
    assert first.confidence == pytest.approx(second.confidence)


@given(st.lists(readings(), min_size=1, max_size=5))
def test_probabilities_stay_within_their_bounds(items: list[Reading]) -> None:
    fused = fuse(looks(items))

    assert fused is not None
    assert len(fused.confidences) == len(fused.text) == len(fused.posterior)
    assert 0 <= fused.confidence <= min(fused.confidences, default=1.0) + 1e-12
    for options in fused.posterior:
        assert sum(p for _, p in options) <= 1 + 1e-4


def test_two_doubtful_looks_outvote_one_sure_of_another_character() -> None:
    weak = reading("14C12345", (0.9,) * 7 + (0.7,))
    strong = reading("14C12346", (0.9,) * 7 + (0.8,))

    fused = fuse([Look(reading=r, source=s) for r, s in ((weak, "a"), (weak, "b"), (strong, "c"))])

    assert fused is not None
    assert fused.text == "14C12345"
    assert fused.confidences[-1] < 0.99


def test_disagreement_lowers_the_confidence() -> None:
    a, b = reading("14C12345", (0.95,) * 8), reading("14C12845", (0.95,) * 8)

    fused = fuse([*looks([a]), Look(reading=b, source="rear")])

    assert fused is not None
    assert fused.confidence < a.confidence
    assert min(fused.confidences) == fused.confidences[5]


def test_look_that_lost_a_character_does_not_shift_the_others() -> None:
    whole, short = reading("14C12345", (0.95,) * 8), reading("14C1345", (0.85,) * 7)

    fused = fuse([*looks([whole]), Look(reading=short, source="rear")])

    assert fused is not None
    assert fused.text == "14C12345"
    assert fused.confidences[6] > 0.9


def test_doubt_that_it_is_a_plate_at_all_survives_fusion() -> None:
    odd = reading("14C12345", (0.99,) * 8, confidence=0.2)

    fused = fuse(looks([odd, odd]))

    assert fused is not None
    assert fused.confidence < 0.25


def test_nothing_fuses_to_nothing() -> None:
    assert fuse([]) is None
    assert fuse(looks([reading("", ())])) is None


def test_correlation_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"burst correlation 1\.5"):
        fuse(looks([reading("14C12345")]), burst_correlation=1.5)


@given(st.integers(1, 8), st.sampled_from(CHARS), st.floats(0.55, 0.95))
def test_matching_counts_a_burst_as_fusing_does(times: int, other: str, doubt: float) -> None:
    """One rule for both: the same weight, and the likeliest plate is the one fused surely."""
    clear, blurred = look("14C12345"), look(f"14C1234{other}")
    options = ((other, doubt), ("5", 1 - doubt)) if other != "5" else (("5", doubt),)
    blurred = replace(blurred, characters=(*blurred.characters[:-1], options))
    burst = [clear, *[blurred] * (times - 1)]
    joint = fuse([Look(reading=_as_reading(s), source="front") for s in burst])
    fold = Sight("front", burst, MISREAD).folds[0]

    assert joint is not None
    assert fold.weight == pytest.approx(times * share(times, BURST_CORRELATION))
    # The matching adds errors that a reader does not tell of, which can turn a close race.
    if joint.confidences[-1] > 0.9:
        assert fold.of_plate(joint.text) == max(fold.of_plate(f"14C1234{c}") for c in CHARS)


def _as_reading(seen: SeenPlate) -> Reading:
    return reading(seen.text, tuple(c[0][1] for c in seen.characters), seen.characters)
