"""The drawn plates say what their truth says, and depend on nothing but their seed."""

from __future__ import annotations

import random
from itertools import pairwise

import cv2
import numpy as np
import pytest

from ocr.plates.alphabet import ALPHABET, SLOTS, encode
from ocr.training import crops
from ocr.training.cells import cells_of
from ocr.training.crops import MOSTLY_COVERED, draw_crop, negative, positive
from ocr.training.cut_out_scenes import GREY, set_cut_outs
from ocr.training.fonts import Atlas, FontsMissingError, load_atlas
from ocr.training.papers import field, paper, set_paper
from ocr.training.plate import draw_plate
from ocr.training.render import KINDS
from ocr.training.scenes import draw_scene
from ocr.training.series import chinese, random_plate, vietnamese
from ocr.training.strokes import draw_glyph, random_style
from schemas.plates import parse_plate


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """Glyphs of the installed fonts; training alone needs them, the service does not."""
    try:
        return load_atlas(drawn=6)
    except FontsMissingError as missing:
        pytest.skip(f"training fonts are not installed: {missing}")


@pytest.mark.parametrize(("make", "country"), [(vietnamese, "VN"), (chinese, "CN")])
def test_nearly_all_drawn_numbers_are_plates_of_their_country(make, country: str) -> None:
    rng = random.Random(3)
    plates = [make(rng) for _ in range(2000)]

    known = [parse_plate(p.text) for p in plates]

    # A few series are drawn wider than the grammar, so that the network knows their letters.
    assert sum(k is not None and k.country == country for k in known) > 0.9 * len(known)
    assert all(len(p.text) <= SLOTS and p.country == country for p in plates)


def test_every_drawn_character_is_in_the_alphabet() -> None:
    rng = random.Random(4)
    seen = set("".join(random_plate(rng).text for _ in range(20_000)))

    assert seen <= set(ALPHABET)
    assert len(seen) > 70


def test_one_centre_a_character_inside_the_plate(atlas: Atlas) -> None:
    rng = random.Random(5)
    for _ in range(100):
        plate = random_plate(rng)
        flat = draw_plate(rng, atlas, plate)

        height, width = flat.image.shape[:2]
        assert len(flat.centres) == len(plate.text)
        assert (flat.centres >= 0).all()
        assert (flat.centres <= [width, height]).all()


def test_same_seed_draws_the_same_strip(atlas: Atlas) -> None:
    a, b = (draw_crop(random.Random(8), atlas, [], 0.5) for _ in range(2))

    np.testing.assert_array_equal(a.image, b.image)
    np.testing.assert_array_equal(a.label, b.label)


def test_label_and_centres_agree_in_length(atlas: Atlas) -> None:
    crop = positive(random.Random(9), atlas, [], 0.2)

    assert ((crop.label > 0) == (crop.centres[:, 0] >= 0)).all()


def test_corners_of_drawn_scenes_lie_inside_and_clockwise(atlas: Atlas) -> None:
    rng = random.Random(10)
    quads = [q for _ in range(30) for q in draw_scene(rng, atlas, []).quads]

    assert len(quads) > 20
    for quad in quads:
        assert quad.min() >= 0
        assert cv2.contourArea(quad, oriented=True) > 0


def test_cut_out_plates_lie_on_grey_as_the_locator_shows_them(atlas: Atlas) -> None:
    rng = random.Random(12)
    for _ in range(20):
        image, quads = set_cut_outs(rng, atlas, [], 448, 320)
        on = np.zeros(image.shape[:2], np.uint8)
        for quad in quads:
            cv2.fillConvexPoly(on, np.int32(quad), 255)
            assert cv2.contourArea(quad, oriented=True) > 0
        picture = (image != GREY).any(axis=2)

        assert 1 <= len(quads) <= 4
        # Nearly all of each plate, and little else, since the pictures are cut close to it.
        assert picture[on > 0].mean() > 0.9
        assert 0.3 < (on > 0).sum() / picture.sum() < 1.2


def test_what_papers_bear_is_no_plate(atlas: Atlas) -> None:
    rng = random.Random(13)

    rows = [row for _ in range(500) for row in field(rng)]

    assert [row for row in rows if parse_plate(row) is not None] == []
    page = np.full((200, 300, 3), 60, np.uint8)
    set_paper(rng, atlas, page)
    assert (page != 60).any()
    assert paper(rng, atlas, [], 90, 30).shape == (30, 90, 3)


def test_every_stroke_glyph_has_ink_in_every_style() -> None:
    rng = random.Random(11)
    for _ in range(5):
        style = random_style(rng)
        for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            glyph = draw_glyph(char, style)
            assert glyph.shape[0] == 64
            assert 0.03 < (glyph > 127).mean() <= 1.0


def test_text_outside_the_alphabet_or_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 9"):
        encode("14C1234567")
    with pytest.raises(ValueError, match="not found"):
        encode("14c")


def test_cells_of_chinese_plates_stand_apart_inside_the_plate() -> None:
    rng = random.Random(10)
    for _ in range(300):
        plate = chinese(rng)
        aspect, cells = cells_of(rng, plate)

        assert 1.8 < aspect < 3.6
        assert len(cells) == len(plate.text)
        for cell in cells:
            assert -0.01 < cell.x - cell.width / 2 < cell.x + cell.width / 2 < 1.01
            assert 0 < cell.y - cell.height / 2 < cell.y + cell.height / 2 < 1
        rows = [cells] if len(plate.lines) == 1 else [cells[:2], cells[2:]]
        for row in rows:
            for a, b in pairwise(row):
                assert a.x + a.width / 2 < b.x - b.width / 2


def test_what_is_no_plate_has_no_characters(atlas: Atlas) -> None:
    crop = negative(random.Random(11), atlas, [], 0.3)

    assert crop.image.shape == (48, 144, 3)
    assert not crop.label.any()
    assert not crop.layout.any()


@pytest.mark.parametrize(
    ("kind", "share"), [("crops", crops.COVERED_SHARE), ("covered", MOSTLY_COVERED)]
)
def test_the_last_lesson_covers_more_characters(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch, kind: str, share: float
) -> None:
    covered = []
    whole = crops.cover

    def counted(*given):
        covered.append(1)
        return whole(*given)

    monkeypatch.setattr(crops, "cover", counted)
    rng, count = random.Random(17), 400
    for _ in range(count):
        KINDS[kind].draw(rng, atlas, [], 9)

    expected = count * (1 - crops.NEGATIVE_SHARE) * share
    assert 0.7 * expected < len(covered) < 1.3 * expected
