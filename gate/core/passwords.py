"""Which passwords are refused: short ones, the person's own name, and those that everybody picks.

A list of leaked passwords would have to be downloaded; instead a rule takes a password apart
into the words, years, keyboard rows and repetitions that such lists are made of, and refuses
what has too little beside them (the idea of NIST SP 800-63B, section 5.1.1.2: common, expected
and repetitive values are refused, composition is not asked for).
"""

from __future__ import annotations

import re

SHORTEST = 12
LONGEST = 200
LEAST_OWN = 6
"""Characters that must be left when all that is common has been taken out."""

_LEET = str.maketrans("013457@$!", "oieastasi")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
         "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn")  # fmt: skip
_COMMON = (
    "password", "passwort", "passphrase", "matkhau", "mima", "admin", "administrator", "root",
    "letmein", "welcome", "changeme", "secret", "login", "master", "dragon", "monkey", "football",
    "baseball", "superman", "batman", "iloveyou", "woaini", "anhyeuem", "princess", "sunshine",
    "shadow", "trustno", "starwars", "whatever", "freedom", "computer", "internet", "google",
    "vietnam", "hanoi", "saigon", "china", "beijing", "guangxi", "dongxing", "mongcai", "langson",
    "quangninh", "pingxiang", "customs", "haiquan", "border", "cuakhau", "barrier", "officer",
    "canbo", "truck", "xetai", "gate", "test", "demo", "user", "default", "temp", "summer",
    "winter", "spring", "autumn", "monday", "january", "hello", "love", "abc", "xyz",
)  # fmt: skip


def problem(password: str, name: str, full_name: str = "") -> str:
    """The code of what is wrong with a password: ``short``, ``long``, ``name``, ``common`` or
    empty where nothing is.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    plain = password.lower()
    own = [name.lower(), *re.split(r"[.@_+-]", name.lower()), *full_name.lower().split()]
    without = plain
    for word in own:
        if len(word) >= 3:
            without = without.replace(word, "")
    if len(without) < LEAST_OWN:
        return "name"
    return "common" if _own_part(plain) < LEAST_OWN else ""


def _own_part(plain: str) -> int:
    """How much is left of a password without what everybody uses; repetitions count once."""
    found = min(len(_strip(plain)), len(_strip(plain.translate(_LEET))))
    return min(found, len(set(plain)) + 1)


def _strip(text: str) -> str:
    for word in sorted(_COMMON, key=len, reverse=True):
        text = text.replace(word, "\0")
    text = re.sub(r"(19|20)\d\d", "\0", text)
    text = _without_rows(text)
    text = re.sub(r"(.+?)\1+", r"\1", text)
    return re.sub(r"[\0\W_]", "", text)


def _without_rows(text: str) -> str:
    """Runs of four or more along the alphabet, the digits or the keyboard are left out."""
    both = [*_ROWS, *(row[::-1] for row in _ROWS)]
    at = 0
    while at + 4 <= len(text):
        run = next((n for n in range(len(text) - at, 3, -1) if _in(text[at : at + n], both)), 0)
        if run:
            text = text[:at] + "\0" + text[at + run :]
        at += 1
    return text


def _in(piece: str, rows: list[str]) -> bool:
    return any(piece in row for row in rows)
