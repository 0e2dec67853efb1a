"""A camera's picture of a truck at the stop line: 1920x1080, perspective, light, blur, noise."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.simulation.faces import HEIGHT, WIDTH, Face, draw_front, draw_rear
from devices.simulation.plates_art import Picture
from devices.simulation.trucks import SimTruck

FRAME_WIDTH, FRAME_HEIGHT = 1920, 1080
_NOISE_BANKS = 2
_NOISE_LEVELS = (2, 4, 6)

Points = NDArray[np.float32]
"""Four corners (x, y), clockwise from top left."""


class View(StrEnum):
    """Which camera looks."""

    FRONT = "front"
    REAR = "rear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """``light`` from 0.3 (dusk) to 1.1 (noon), ``blur`` in pixels (sigma), ``noise`` in levels."""

    light: float = 1.0
    blur: float = 0.7
    noise: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A finished picture: its JPEG file and where the plate's corners are in it."""

    jpeg: bytes
    plate: tuple[tuple[float, float], ...]


def random_weather(rng: random.Random) -> Weather:
    """Weather as a gate sees it over a day."""
    return Weather(
        light=rng.uniform(0.45, 1.1), blur=rng.uniform(0.4, 1.1), noise=rng.uniform(1.5, 6.0)
    )


def photograph(
    truck: SimTruck,
    view: View,
    weather: Weather,
    rng: random.Random,
    *,
    distance: float = 0.0,
    quality: int = 88,
) -> Shot:
    """Take a picture. ``distance`` 0 is at the stop line, 1 some metres before it."""
    face = _face(truck, view)
    corners = _corners(view, distance, rng)
    frame = _yard(view).copy()
    _side(frame, corners, view, truck)
    _paste(frame, face, corners)
    frame = _expose(frame, weather, rng)
    good, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not good:
        raise RuntimeError("OpenCV could not encode a picture that it drew")
    return Shot(jpeg=bytes(data), plate=_plate_in_frame(face, corners))


@lru_cache(maxsize=8)
def _face(truck: SimTruck, view: View) -> Face:
    """A truck looks the same in every picture: its own plate chooses make and mud."""
    rng = random.Random(f"{truck.plate}{view}")
    return draw_front(truck, rng) if view is View.FRONT else draw_rear(truck, rng)


def _corners(view: View, distance: float, rng: random.Random) -> Points:
    """Where the face's corners fall: the camera stands high and a little to one side."""
    # The rear camera looks closer: plates at the rear are the small ones in two lines.
    nearest, way = (980, 260) if view is View.FRONT else (1180, 160)
    height = nearest - way * distance + rng.uniform(-15, 15)
    width = height * WIDTH / HEIGHT
    bottom = 1045 - 150 * distance + rng.uniform(-8, 8)
    middle = 960 + rng.uniform(-50, 50) + (40 if view is View.REAR else -40)
    turn = rng.uniform(0.03, 0.10) * (1 if view is View.FRONT else -1)
    tilt = rng.uniform(-0.012, 0.012) * height
    left, right = middle - width / 2, middle + width / 2
    near, far = max(turn, 0.0) * height, max(-turn, 0.0) * height
    lean = 0.03 * width
    return np.array(
        [
            (left + lean, bottom - height + near + tilt),
            (right - lean, bottom - height + far - tilt),
            (right, bottom - far * 0.35 - tilt),
            (left, bottom - near * 0.35 + tilt),
        ],
        np.float32,
    )


def _paste(frame: Picture, face: Face, corners: Points) -> None:
    flat = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    x, y, width, height = cv2.boundingRect(corners)
    x, y = max(0, x), max(0, y)
    width, height = min(width, FRAME_WIDTH - x), min(height, FRAME_HEIGHT - y)
    shift = np.array([(1, 0, -x), (0, 1, -y), (0, 0, 1)], np.float64)
    part = frame[y : y + height, x : x + width]
    # Writing straight into the frame leaves what lies outside the face as it is.
    cv2.warpPerspective(
        face.picture,
        shift @ matrix,
        (width, height),
        dst=part,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )


def _plate_in_frame(face: Face, corners: Points) -> tuple[tuple[float, float], ...]:
    flat = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    x, y, width, height = face.plate
    own = np.array([[(x, y), (x + width, y), (x + width, y + height), (x, y + height)]])
    seen = cv2.perspectiveTransform(own.astype(np.float32), matrix)[0]
    return tuple((float(px), float(py)) for px, py in seen)


def _side(frame: Picture, corners: Points, view: View, truck: SimTruck) -> None:
    """The side of the vehicle going away from the camera."""
    rng = random.Random(f"{truck.plate}side")
    shade = rng.choice([(60, 60, 110), (90, 70, 50), (80, 95, 70), (110, 110, 110)])
    top, bottom = (corners[1], corners[2]) if view is View.FRONT else (corners[0], corners[3])
    away = 260 if view is View.FRONT else -260
    far = np.array([(away, 130), (away, -330)])
    side = np.array([top, top + far[0], bottom + far[1], bottom], np.float32)
    cv2.fillConvexPoly(frame, side.astype(np.int32), shade, cv2.LINE_AA)
    wheel = bottom + np.array([away * 0.35, -70])
    cv2.ellipse(frame, (round(wheel[0]), round(wheel[1])), (38, 66), 0, 0, 360, (18, 18, 18), -1)


def _expose(frame: Picture, weather: Weather, rng: random.Random) -> Picture:
    if weather.blur > 0.3:
        frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), weather.blur), np.uint8)
    frame = np.asarray(
        cv2.convertScaleAbs(frame, alpha=weather.light, beta=rng.uniform(-4, 10)), np.uint8
    )
    level = min(_NOISE_LEVELS, key=lambda known: abs(known - weather.noise))
    noise = _noise(rng.randrange(_NOISE_BANKS), level)
    return np.asarray(cv2.add(frame, noise, dtype=cv2.CV_8U), np.uint8)


@lru_cache(maxsize=_NOISE_BANKS * len(_NOISE_LEVELS))
def _noise(bank: int, level: int) -> NDArray[np.int8]:
    """Sensor noise; drawing six million random numbers for every frame would be too slow."""
    rng = np.random.default_rng(bank)
    noise = np.empty((FRAME_HEIGHT, FRAME_WIDTH, 3), np.int8)
    for row in noise:  # the whole picture as floats would take 25 MB for a moment
        row[:] = np.clip(rng.standard_normal(row.shape, np.float32) * level, -127, 127)
    return noise


@lru_cache(maxsize=2)
def _yard(view: View) -> Picture:
    """The empty lane: sky, hall, booth, road and kerbs."""
    yard = np.zeros((FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)
    sky = np.linspace(0, 1, 420)[:, None, None]
    yard[:420] = np.asarray(np.array((215, 190, 160)) * (1 - sky) + 225 * sky, np.uint8)
    yard[420:] = (96, 98, 100)
    grain = np.random.default_rng(7).integers(-9, 10, (660, FRAME_WIDTH, 1))
    yard[420:] = np.clip(yard[420:].astype(np.int16) + grain, 0, 255).astype(np.uint8)
    cv2.rectangle(yard, (0, 180), (FRAME_WIDTH, 235), (120, 124, 128), -1)
    mirrored = view is View.REAR
    for x in (150, 1700):
        cv2.rectangle(yard, (x, 200), (x + 40, 700), (140, 144, 148), -1)
    road = np.array([(620, 420), (1300, 420), (1850, 1080), (70, 1080)])
    cv2.fillConvexPoly(yard, road, (78, 80, 82))
    for left, right in (((620, 420), (70, 1080)), ((1300, 420), (1850, 1080))):
        cv2.line(yard, left, right, (60, 200, 225), 12, cv2.LINE_AA)
    booth = np.array([(1560, 330), (1880, 300), (1880, 820), (1560, 760)])
    cv2.fillConvexPoly(yard, booth, (150, 120, 70))
    cv2.rectangle(yard, (1600, 400), (1840, 580), (200, 190, 170), -1)
    cv2.line(yard, (300, 640), (640, 610), (40, 40, 210), 16, cv2.LINE_AA)
    yard = np.asarray(cv2.flip(yard, 1), np.uint8) if mirrored else yard
    yard.setflags(write=False)
    return yard
