"""Faults to inject: what cameras, networks and contacts do to good data.

Numbers in brackets are those of the fault list in ``docs/protocol.md``. Pictures that a camera
delivers damaged are functions on the picture; damage on the way is a function on the payload.
"""

from __future__ import annotations

import asyncio
import struct
import zlib

import cv2
import numpy as np

from devices.loop import LoopAgent


def blind(jpeg: bytes) -> bytes:
    """A covered lens (F1): the same size, black with a little noise."""
    shape = _decoded(jpeg).shape
    noise = np.random.default_rng(0).integers(0, 7, shape, dtype=np.uint8)
    return _encoded(noise)


def glare(jpeg: bytes, strength: float = 1.0) -> bytes:
    """Low sun or headlights into the lens (F2): a bright disc washes out the lower middle."""
    picture = _decoded(jpeg)
    height, width = picture.shape[:2]
    light = np.zeros((height, width), np.float32)
    cv2.circle(light, (width // 2, round(height * 0.8)), height // 4, 1.0, -1)
    light = cv2.GaussianBlur(light, (0, 0), height / 10)[:, :, None] * 255 * strength
    return _encoded(np.asarray(np.clip(picture + light, 0, 255), np.uint8))


def cut(jpeg: bytes, share: float = 0.5) -> bytes:
    """A file that a camera wrote only in part (F8)."""
    return jpeg[: max(1, round(len(jpeg) * share))]


def cut_and_closed(jpeg: bytes, share: float = 0.5) -> bytes:
    """A cut file with an end marker: decoders take it and paint the rest grey (F8)."""
    return cut(jpeg, share) + b"\xff\xd9"


def zeroed(data: bytes, count: int = 4_000) -> bytes:
    """A hole of zeros in the middle (F8), in a picture or a payload."""
    start = max(0, len(data) // 2 - count // 2)
    return data[:start] + bytes(len(data[start : start + count])) + data[start + count :]


def bomb(side: int = 50_000) -> bytes:
    """A PNG of some hundred bytes that claims ``side`` x ``side`` pixels (F8)."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000), 9)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


async def chatter(loop: LoopAgent, *, hertz: float = 20.0, seconds: float = 2.0) -> None:
    """A loose contact (F26): occupied and free in turns, ends free."""
    for turn in range(round(hertz * seconds)):
        loop.sense(turn % 2 == 0)
        await asyncio.sleep(1 / hertz)
    loop.sense(False)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _decoded(jpeg: bytes) -> cv2.typing.MatLike:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("a fault wants a good picture to spoil")
    return picture


def _encoded(picture: cv2.typing.MatLike) -> bytes:
    return bytes(cv2.imencode(".jpg", picture)[1])
