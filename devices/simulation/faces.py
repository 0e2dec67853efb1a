"""The front and the rear of a truck, drawn straight on; perspective and light come later.

``PIXELS_PER_M`` pixels a metre. Each face comes with the place of its plate.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np

from devices.simulation.plates_art import Picture, PlateLook, draw_plate
from devices.simulation.trucks import SimTruck

PIXELS_PER_M = 380
WIDTH_M, HEIGHT_M = 2.5, 2.9
WIDTH, HEIGHT = round(WIDTH_M * PIXELS_PER_M), round(HEIGHT_M * PIXELS_PER_M)

Colour = tuple[int, int, int]

_CABS: tuple[Colour, ...] = (
    (40, 40, 170),
    (150, 90, 30),
    (225, 225, 225),
    (60, 120, 50),
    (20, 110, 200),
    (110, 105, 100),
)
_BOXES: tuple[Colour, ...] = (
    (45, 60, 140),
    (120, 70, 30),
    (70, 110, 60),
    (30, 90, 170),
    (150, 150, 150),
)


@dataclass(frozen=True, slots=True)
class Face:
    """A face and where its plate hangs: left, top, width, height in its pixels."""

    picture: Picture
    plate: tuple[int, int, int, int]


def draw_front(truck: SimTruck, rng: random.Random) -> Face:
    """The cab from the front. ``rng`` chooses the make, so give one that belongs to the truck."""
    cab = rng.choice(_CABS)
    face = _panel(cab)
    _windscreen(face, rng)
    _grille(face, cab, rng)
    for x in (0.04, 0.78):
        _headlight(face, x)
    cv2.rectangle(face, _at(0.0, 0.80), _at(1.0, 0.955), (50, 52, 55), -1)
    cv2.rectangle(face, _at(0.0, 0.955), _at(1.0, 1.0), (22, 22, 24), -1)
    plate = _hang(face, truck.front_look, 0.5, 0.875, truck.dirt, rng)
    return Face(face, plate)


def draw_rear(truck: SimTruck, rng: random.Random) -> Face:
    """The rear: container doors or a box, bumper, lights and plate."""
    box = rng.choice(_BOXES)
    face = _panel(box)
    _doors(face, box)
    if truck.container:
        _container_marks(face, truck.container)
    cv2.rectangle(face, _at(0.0, 0.80), _at(1.0, 1.0), (38, 38, 40), -1)
    cv2.rectangle(face, _at(0.0, 0.945), _at(1.0, 0.985), (60, 60, 190), -1)
    for stripe in range(0, 10, 2):
        cv2.rectangle(
            face, _at(stripe / 10, 0.945), _at(stripe / 10 + 0.1, 0.985), (230, 230, 230), -1
        )
    for x in (0.03, 0.83):
        cv2.rectangle(face, _at(x, 0.83), _at(x + 0.14, 0.89), (20, 20, 150), -1)
        cv2.rectangle(face, _at(x + 0.05, 0.83), _at(x + 0.09, 0.89), (30, 120, 230), -1)
    plate = _hang(face, truck.rear_look, 0.42, 0.875, truck.dirt, rng)
    return Face(face, plate)


def _at(x: float, y: float) -> tuple[int, int]:
    return round(x * WIDTH), round(y * HEIGHT)


def _panel(colour: Colour) -> Picture:
    """A painted surface, a little lighter at the top."""
    shade = np.linspace(1.12, 0.82, HEIGHT)[:, None, None]
    panel = np.clip(np.full((HEIGHT, WIDTH, 3), colour) * shade, 0, 255)
    return np.asarray(panel, np.uint8)


def _windscreen(face: Picture, rng: random.Random) -> None:
    corners = np.array([_at(0.07, 0.16), _at(0.93, 0.16), _at(0.97, 0.47), _at(0.03, 0.47)])
    cv2.fillConvexPoly(face, corners, (52, 44, 36), cv2.LINE_AA)
    left = rng.uniform(0.1, 0.5)
    gleam = np.array(
        [_at(left, 0.17), _at(left + 0.16, 0.17), _at(left + 0.04, 0.46), _at(left - 0.1, 0.46)]
    )
    cv2.fillConvexPoly(face, gleam, (84, 76, 66), cv2.LINE_AA)
    cv2.ellipse(face, _at(0.3, 0.44), _at(0.09, 0.09), 0, 180, 360, (40, 38, 52), -1)
    cv2.circle(face, _at(0.3, 0.33), round(WIDTH * 0.05), (70, 90, 130), -1, cv2.LINE_AA)
    for x in (0.2, 0.62):
        cv2.line(face, _at(x, 0.475), _at(x + 0.2, 0.36), (15, 15, 15), 6, cv2.LINE_AA)
    cv2.rectangle(face, _at(0.05, 0.10), _at(0.95, 0.15), (30, 30, 30), -1)
    for x in (0.1, 0.5, 0.9):
        cv2.circle(face, _at(x, 0.06), 9, (60, 160, 250), -1, cv2.LINE_AA)


def _grille(face: Picture, cab: Colour, rng: random.Random) -> None:
    cv2.rectangle(face, _at(0.24, 0.52), _at(0.76, 0.78), (26, 26, 28), -1)
    slats = rng.choice((4, 5, 6))
    for number in range(slats):
        y = 0.54 + number * 0.23 / slats
        cv2.rectangle(face, _at(0.26, y), _at(0.74, y + 0.012), (95, 98, 102), -1)
    cv2.circle(face, _at(0.5, 0.60), round(WIDTH * 0.045), (170, 172, 176), -1, cv2.LINE_AA)
    cv2.circle(face, _at(0.5, 0.60), round(WIDTH * 0.03), cab, -1, cv2.LINE_AA)


def _headlight(face: Picture, x: float) -> None:
    cv2.rectangle(face, _at(x, 0.62), _at(x + 0.18, 0.74), (70, 72, 76), -1)
    cv2.circle(face, _at(x + 0.06, 0.68), round(WIDTH * 0.042), (235, 240, 245), -1, cv2.LINE_AA)
    cv2.circle(face, _at(x + 0.135, 0.68), round(WIDTH * 0.028), (60, 150, 245), -1, cv2.LINE_AA)


def _doors(face: Picture, box: Colour) -> None:
    dark = tuple(round(part * 0.7) for part in box)
    for x in np.arange(0.02, 1.0, 0.035):
        cv2.line(face, _at(float(x), 0.03), _at(float(x), 0.77), dark, 3)
    cv2.line(face, _at(0.5, 0.0), _at(0.5, 0.8), (20, 20, 20), 6)
    for x in (0.14, 0.38, 0.62, 0.86):
        cv2.line(face, _at(x, 0.01), _at(x, 0.79), (165, 168, 170), 9, cv2.LINE_AA)
        cv2.rectangle(face, _at(x - 0.02, 0.50), _at(x + 0.09, 0.52), (150, 152, 155), -1)
    cv2.rectangle(face, (0, 0), _at(1.0, 0.79), dark, 14)


def _container_marks(face: Picture, container: str) -> None:
    """Owner, number and check digit at the upper right, size and type below (ISO 6346)."""
    ground = face[round(0.13 * HEIGHT) : round(0.29 * HEIGHT), round(0.53 * WIDTH) :]
    ground[:] = cv2.GaussianBlur(ground, (0, 0), 25)
    sans = cv2.FontFace("sans")
    white = (235, 235, 235)
    owner, serial, digit = container[:4], container[4:10], container[10:]
    cv2.putText(face, f"{owner} {serial}", _at(0.54, 0.19), white, sans, 46, 500)
    box = _at(0.90, 0.205)
    cv2.putText(face, digit, (box[0] + 8, box[1] + 44), white, sans, 46, 500)
    cv2.rectangle(face, box, (box[0] + 46, box[1] + 54), white, 3)
    cv2.putText(face, "45G1", _at(0.54, 0.25), white, sans, 46, 500)


def _hang(
    face: Picture, look: PlateLook, x: float, y: float, dirt: float, rng: random.Random
) -> tuple[int, int, int, int]:
    """Put the plate with its middle at (x, y), parts of the face; returns its place."""
    wide, high = look.size_mm
    width, height = round(wide / 1000 * PIXELS_PER_M), round(high / 1000 * PIXELS_PER_M)
    plate = cv2.resize(draw_plate(look), (width, height), interpolation=cv2.INTER_AREA)
    if dirt > 0:
        _soil(plate, dirt, rng)
    left, top = round(x * WIDTH - width / 2), round(y * HEIGHT - height / 2)
    face[top : top + height, left : left + width] = plate
    return left, top, width, height


def _soil(plate: Picture, dirt: float, rng: random.Random) -> None:
    """Mud: patches that cover the more, the dirtier."""
    height, width = plate.shape[:2]
    mud = np.zeros((height, width), np.float32)
    for _ in range(round(30 * dirt * width / (2 * height))):
        centre = rng.randrange(width), rng.randrange(height)
        axes = rng.randrange(4, 8 + height // 2), rng.randrange(4, 6 + height // 3)
        cv2.ellipse(mud, centre, axes, rng.uniform(0, 180), 0, 360, 1.0, -1)
    cover = (cv2.GaussianBlur(mud, (0, 0), 2) * min(1.0, 0.5 + 0.5 * dirt))[:, :, None]
    plate[:] = np.asarray(plate * (1 - cover) + np.array((48, 74, 96)) * cover, np.uint8)
