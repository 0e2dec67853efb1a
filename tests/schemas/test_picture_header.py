"""Sizes read from headers agree with what real encoders wrote, and hostile bytes are refused."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.picture_header import picture_size
from schemas.protocol_errors import BadMedia

sides = st.integers(1, 300)


@given(sides, sides, st.booleans(), st.sampled_from([".jpg", ".png"]))
def test_the_size_is_the_one_that_the_encoder_wrote(
    width: int, height: int, progressive: bool, suffix: str
) -> None:
    pixels = np.zeros((height, width, 3), np.uint8)
    flags = [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)] if suffix == ".jpg" else []
    data = bytes(cv2.imencode(suffix, pixels, flags)[1])
    size = picture_size(data)
    assert (size.width, size.height) == (width, height)


def test_a_bomb_is_known_by_its_header_alone() -> None:
    data = bytes(cv2.imencode(".png", np.zeros((1, 1), np.uint8))[1])
    bomb = data[:16] + (60_000).to_bytes(4, "big") * 2 + data[24:]
    assert picture_size(bomb).width == 60_000


@given(st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b""]), st.binary(max_size=100))
def test_any_bytes_give_a_size_or_a_typed_refusal(magic: bytes, rest: bytes) -> None:
    with contextlib.suppress(BadMedia):
        size = picture_size(magic + rest)
        assert size.width > 0
        assert size.height > 0


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\xff\xd8AB"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadMedia):
        picture_size(data)
