"""Taking the fields of a JSON object one by one, strictly: nothing missing, nothing left over."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TypeVar

from schemas.canonical import Json, JsonObject
from schemas.ids import MAX_INTEGER, check_key_id, check_name, check_uuid, check_uuid7
from schemas.protocol_errors import BadId, BadMessage, BadName

Choice = TypeVar("Choice", bound=StrEnum)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Fields:
    """The fields of one object. Each taker checks one field and marks it as used.

    All takers raise ``BadMessage`` naming the field and what was wanted.
    """

    def __init__(self, values: JsonObject) -> None:
        self._values = values
        self._used: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether an optional field is there (null counts as there, and fails its taker)."""
        return name in self._values

    def integer(self, name: str, low: int = 0, high: int = MAX_INTEGER) -> int:
        """An integer from ``low`` to ``high``."""
        value = self._take(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise BadMessage(f"{name} must be an integer from {low} to {high}, got {value!r:.40}")
        return value

    def boolean(self, name: str) -> bool:
        """True or false."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise BadMessage(f"{name} must be true or false, got {value!r:.40}")
        return value

    def text(self, name: str, longest: int) -> str:
        """Printable text of at most ``longest`` characters; may be empty."""
        value = self._string(name)
        if len(value) > longest or _UNPRINTABLE.search(value):
            raise BadMessage(f"{name} must be printable and at most {longest} characters")
        return value

    def code(self, name: str) -> str:
        """A stable code such as ``hash_mismatch``."""
        return self._matching(name, _CODE, "a code of a-z, 0-9 and _")

    def sha256(self, name: str) -> str:
        """A SHA-256 as 64 lower-case hexadecimal digits."""
        return self._matching(name, _SHA256, "64 lower-case hexadecimal digits")

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """One of the values of an enumeration."""
        value = self._string(name)
        try:
            return choices(value)
        except ValueError:
            known = ", ".join(choices)
            raise BadMessage(f"{name} must be one of {known}; got {value!r:.40}") from None

    def uuid(self, name: str) -> str:
        """A lower-case UUID of any version."""
        try:
            return check_uuid(self._string(name), name)
        except BadId as error:
            raise BadMessage(error.text) from None

    def uuid7(self, name: str) -> str:
        """A lower-case version 7 UUID."""
        try:
            return check_uuid7(self._string(name), name)
        except BadId as error:
            raise BadMessage(error.text) from None

    def name(self, name: str) -> str:
        """A site, lane or device name."""
        try:
            return check_name(self._string(name), name)
        except BadName as error:
            raise BadMessage(error.text) from None

    def key_id(self, name: str) -> str:
        """The id of a signing key."""
        try:
            return check_key_id(self._string(name), name)
        except BadName as error:
            raise BadMessage(error.text) from None

    def codes(self, name: str, most: int) -> tuple[str, ...]:
        """A list of at most ``most`` stable codes."""
        value = self._take(name)
        if not isinstance(value, list | tuple) or len(value) > most:
            raise BadMessage(f"{name} must be a list of at most {most} codes")
        for item in value:
            if not isinstance(item, str) or _CODE.fullmatch(item) is None:
                raise BadMessage(f"{name} holds {item!r:.40}, which is not a code")
        return tuple(str(item) for item in value)

    def numbers(self, name: str, most: int, form: re.Pattern[str]) -> tuple[str, ...]:
        """A list of at most ``most`` texts of one form, none twice."""
        value = self._take(name)
        if not isinstance(value, list | tuple) or len(value) > most:
            raise BadMessage(f"{name} must be a list of at most {most}")
        for item in value:
            if not isinstance(item, str) or form.fullmatch(item) is None:
                raise BadMessage(f"{name} holds {item!r:.40}, which is not of the form wanted")
        if len(set(value)) < len(value):
            raise BadMessage(f"{name} holds one twice")
        return tuple(str(item) for item in value)

    def finish(self) -> None:
        """Refuse fields that nobody took."""
        extra = sorted(set(self._values) - self._used)
        if extra:
            raise BadMessage(f"unknown field {extra[0]!r:.60}")

    def _take(self, name: str) -> Json:
        if name not in self._values:
            raise BadMessage(f"{name} is missing")
        self._used.add(name)
        return self._values[name]

    def _string(self, name: str) -> str:
        value = self._take(name)
        if not isinstance(value, str):
            raise BadMessage(f"{name} must be a string, got {value!r:.40}")
        return value

    def _matching(self, name: str, pattern: re.Pattern[str], wanted: str) -> str:
        value = self._string(name)
        if pattern.fullmatch(value) is None:
            raise BadMessage(f"{name} must be {wanted}, got {value!r:.80}")
        return value
