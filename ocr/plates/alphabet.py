"""The characters a plate may carry, the order the network knows them in, and its layout classes.

The order is part of the trained model: change it only together with the model files.
"""

from __future__ import annotations

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
"""First character of a Chinese plate (31 provinces, regions and municipalities)."""
ENDINGS = "挂学警港澳领使"
"""Chinese characters that mark a special use, mostly the last one of the plate."""

BLANK = "_"
ALPHABET = BLANK + DIGITS + LETTERS + PROVINCES + ENDINGS
"""Class 0 is the empty slot; 75 classes in all."""

SLOTS = 9
"""Longest plate: `80 NG 123 45` of Vietnam, nine characters."""

COUNTRIES = ("", "VN", "CN")
"""Country classes of the network; the empty one means "not a plate"."""
LINE_CLASSES = (1, 2)
COLOURS = ("white", "yellow", "blue", "red", "green", "black")

INPUT_HEIGHT = 48
INPUT_WIDTH = 144


def encode(text: str) -> list[int]:
    """Class numbers of ``text``, filled up with blanks to ``SLOTS``.

    Raises ValueError for a character outside the alphabet or a text that is too long.
    """
    if len(text) > SLOTS:
        raise ValueError(f"plate text {text!r} has more than {SLOTS} characters")
    return [ALPHABET.index(c) for c in text] + [0] * (SLOTS - len(text))
