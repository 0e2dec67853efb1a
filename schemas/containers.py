"""Container numbers (ISO 6346): the check digit."""

from __future__ import annotations


def check_digit(body: str) -> int:
    """Check digit of ten characters: letters are 10..38 without 11, 22, 33; weights 2^n."""
    total = 0
    for at, char in enumerate(body):
        value = int(char) if char.isdigit() else ord(char) - 55
        if not char.isdigit():
            value += (value - 1) // 10
        total += value << at
    return total % 11 % 10
