"""Pictures from outside: what is refused before decoding, and what decoding makes of the rest."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.decode import (
    DamagedPictureError,
    DecodeLimits,
    EmptyPictureError,
    PictureError,
    PictureTooLargeError,
    UnsupportedPictureError,
    decode_picture,
    sniff,
)

SCENE = np.random.default_rng(7).integers(0, 255, (120, 200, 3), np.uint8)
SMOOTH = cv2.GaussianBlur(SCENE, (21, 21), 0)


def encoded(mode: str = "RGB", form: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(SMOOTH[:, :, ::-1]).convert(mode).save(file, form, **options)
    return file.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims a size: a decompression bomb's header."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", body)
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("JPEG", {"comment": b"\xff\xd9 not the end"}),
        ("PNG", {}),
    ],
)
def test_whole_pictures_decode_to_bgr(form: str, options: dict[str, object]) -> None:
    data = encoded(form=form, **options)
    assert (sniff(data).width, sniff(data).height) == (200, 120)
    picture = decode_picture(data)
    assert picture.shape == (120, 200, 3)
    assert picture.dtype == np.uint8
    assert np.abs(picture.astype(int) - SMOOTH).mean() < 4


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "I;16", "LA"])
def test_other_pixel_forms_become_8_bit_bgr(mode: str) -> None:
    file = io.BytesIO()
    if mode == "I;16":
        grey = cv2.cvtColor(SMOOTH, cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257
        Image.fromarray(grey).save(file, "PNG")
    else:
        Image.fromarray(SMOOTH[:, :, ::-1]).convert(mode).save(file, "PNG")
    picture = decode_picture(file.getvalue())
    assert picture.shape == (120, 200, 3)
    assert picture.dtype == np.uint8
    assert abs(float(picture.mean()) - float(SMOOTH.mean())) < 40


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_come_out_upright_by_their_exif_mark(orientation: int) -> None:
    upright = np.zeros((120, 200, 3), np.uint8)
    upright[:40, :60] = 255
    stored = Image.fromarray(upright)
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    for step in undo.get(orientation, []):
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.save(file, "JPEG", exif=exif, quality=95)
    picture = decode_picture(file.getvalue())
    assert picture.shape == (120, 200, 3)
    assert picture[10:30, 10:50].mean() > 200
    assert picture[60:, 80:].mean() < 40


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95, 0.999])
def test_a_picture_cut_short_is_an_error_and_never_shows_the_one_before(
    form: str, share: float
) -> None:
    decode_picture(encoded(form=form))
    data = encoded(form=form)
    with pytest.raises(DamagedPictureError):
        decode_picture(data[: int(len(data) * share)])
    with pytest.raises(DamagedPictureError):
        decode_picture(data[:-2])


def test_bytes_after_the_end_mark_are_ignored() -> None:
    data = encoded() + b"PK\x05\x06 appended \xff\xda\xff\xd8 junk"
    assert decode_picture(data).shape == (120, 200, 3)


def test_a_png_with_a_wrong_checksum_is_damaged() -> None:
    data = bytearray(encoded(form="PNG"))
    data[data.index(b"IDAT") + 20] ^= 1
    with pytest.raises(DamagedPictureError, match="checksum"):
        decode_picture(bytes(data))


@pytest.mark.parametrize("size", [(65_000, 65_000), (100_000, 1), (1 << 31, 1 << 31)])
def test_a_bomb_is_refused_from_its_header(size: tuple[int, int]) -> None:
    data = png_claiming(*size)
    assert len(data) < 200
    with pytest.raises(PictureError) as refused:
        sniff(data)
    assert "claims" in str(refused.value)


def test_a_jpeg_that_claims_too_many_pixels_is_refused_from_its_header() -> None:
    data = bytearray(encoded())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 15_000, 15_000)
    with pytest.raises(PictureTooLargeError, match="15000 x 15000"):
        sniff(bytes(data))


def test_too_many_scans_and_bytes_are_refused() -> None:
    data = encoded(progressive=True)
    with pytest.raises(PictureTooLargeError, match="scans"):
        decode_picture(data, DecodeLimits(max_scans=2))
    with pytest.raises(PictureTooLargeError, match="bytes"):
        sniff(data, DecodeLimits(max_bytes=100))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"II*\0....", "TIFF"),
        (b"MM\0*....", "TIFF"),
        (b"GIF89a....", "GIF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"<html>", "neither"),
        (bytes(1000), "neither"),
    ],
)
def test_other_files_are_named_and_refused(data: bytes, word: str) -> None:
    with pytest.raises(UnsupportedPictureError, match=word) as refused:
        sniff(data)
    assert refused.value.code == "unsupported"


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(EmptyPictureError):
        decode_picture(b"")


@given(
    st.sampled_from(["JPEG", "PNG"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    st.floats(0, 1.2),
)
@settings(max_examples=200, deadline=None)
def test_a_picture_damaged_anywhere_decodes_or_is_refused_but_nothing_else(
    form: str, changes: list[tuple[float, int]], share: float
) -> None:
    data = bytearray(encoded(form=form))
    for place, value in changes:
        data[min(int(place * len(data)), len(data) - 1)] = value
    refused: PictureError | None = None
    try:
        picture = decode_picture(bytes(data[: int(len(data) * share)]))
    except PictureError as error:
        refused = error
    if refused is None:
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
    else:
        assert refused.code in {"undecodable", "too_large", "unsupported"}
        assert str(refused)


@given(st.binary(max_size=300))
def test_any_bytes_after_a_jpeg_start_are_handled(data: bytes) -> None:
    with pytest.raises(PictureError):
        decode_picture(b"\xff\xd8\xff" + data)
