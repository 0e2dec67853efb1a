"""The content of a draft: a plain tree of texts and whole numbers, changed field by field.

What can be read is tidied (plates in normal form, codes in upper case, times in UTC); what
can't be read stays as it was typed, with a problem beside it: nothing that was typed is lost.
"""

from __future__ import annotations

import re
import unicodedata
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

from gate.core.filing.fields import FIELDS, GROUPS, LISTS, Field, Kind, field_of
from gate.core.filing.problems import Problem, error
from schemas.plates import normalise_plate

Content = dict[str, Any]
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")
_LINES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")
_HUGE = 10**30
_LONGEST_KEPT = 2000
"""What is kept of a text that is far too long: enough to see what it was."""


def blank() -> Content:
    """An empty draft."""
    return {**{group: {} for group in GROUPS}, **{name: [] for name in LISTS}}


def value_at(content: Content, path: str) -> Any:
    """The value at a path, or None."""
    found: Any = content
    for part in path.split("."):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isascii() and part.isdigit():
            found = found[int(part)] if int(part) < len(found) else None
        else:
            return None
    return found


def paths_in(content: Content) -> tuple[str, ...]:
    """The paths of all leaves, in the content's order."""
    return tuple(_leaves(content, ""))


def changed(
    content: Content, changes: dict[str, Any], remove: tuple[str, ...] = ()
) -> tuple[Content, tuple[Problem, ...]]:
    """The content with fields set (None clears) and lines taken out, and what can't be read.

    A line one past the end is added; lines are taken out after the changes, last first.
    """
    made, problems = deepcopy(content), []
    for path, raw in changes.items():
        field = field_of(path)
        if field is None:
            problems.append(error(path, "unknown_field"))
            continue
        value, problem = read(path, field, raw)
        wrong = _put(made, path, value)
        problems += [p for p in (problem, wrong) if p is not None]
    for path in sorted(remove, key=_line_number, reverse=True):
        name, _, number = path.partition(".")
        found = made.get(name)
        if name not in LISTS or not isinstance(found, list) or _line_number(path)[1] < 0:
            problems.append(error(path, "unknown_field"))
        elif int(number) < len(found):
            del found[int(number)]
    return made, tuple(problems)


def tidied(given: Any) -> tuple[Content, tuple[Problem, ...]]:
    """A whole content as another program sent it, tidied, and what is not in order in it."""
    if not isinstance(given, dict):
        return blank(), (error("", "unknown_field"),)
    problems: list[Problem] = []
    changes = dict(_given_leaves(given, "", problems))
    made, found = changed(blank(), changes)
    return made, (*problems, *found)


def read(path: str, field: Field, raw: Any) -> tuple[Any, Problem | None]:
    """The value of a field as it is kept, and what is wrong with its form."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None, None
    if not isinstance(raw, str | int | float):
        return None, error(path, "not_a_text")
    if isinstance(raw, bool | float):
        raw = repr(raw)
    elif isinstance(raw, int) and not -_HUGE < raw < _HUGE:
        return None, error(path, "out_of_range", value="", low=field.low, high=field.high)
    if field.kind is Kind.INTEGER:
        return _integer(path, field, raw)
    text = unicodedata.normalize("NFC", str(raw)).strip()
    if (_LINES if field.longest >= 1000 else _UNPRINTABLE).search(text):
        return _printable(text)[:_LONGEST_KEPT], error(path, "unprintable")
    if len(text) > field.longest:
        return text[:_LONGEST_KEPT], error(path, "too_long", longest=field.longest)
    return _READERS[field.kind](path, field, text)


def unreadable(content: Content) -> tuple[Problem, ...]:
    """The problems of form of all fields as they are kept: the same as when they were set."""
    found = []
    for path in paths_in(content):
        field = field_of(path)
        if field is None:
            found.append(error(path, "unknown_field"))
            continue
        _, problem = read(path, field, value_at(content, path))
        if problem is not None:
            found.append(problem)
    return tuple(found)


def moment_at(content: Content, path: str) -> datetime | None:
    """A time of the content, or None where there is none that can be read."""
    value = value_at(content, path)
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def date_at(content: Content, path: str) -> date | None:
    """A date of the content, or None where there is none that can be read."""
    value = value_at(content, path)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def text_at(content: Content, path: str) -> str:
    """A text of the content; empty where there is none."""
    value = value_at(content, path)
    return value if isinstance(value, str) else ""


def number_at(content: Content, path: str) -> int | None:
    """A whole number of the content, or None."""
    value = value_at(content, path)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def pruned(content: Content) -> Content:
    """The content without lines in which nothing stands."""
    made = deepcopy(content)
    for name in LISTS:
        made[name] = [line for line in made.get(name) or [] if line]
    return made


def lines(content: Content, name: str) -> tuple[int, ...]:
    """The numbers of a list's lines in which something stands."""
    found = content.get(name)
    return tuple(n for n, line in enumerate(found) if line) if isinstance(found, list) else ()


def _integer(path: str, field: Field, raw: str | int) -> tuple[Any, Problem | None]:
    text = str(raw).strip()[:_LONGEST_KEPT]
    bare = unicodedata.normalize("NFKC", text).replace(" ", "").replace("\u202f", "")
    grouped = re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", bare)
    bare = re.sub(r"[.,]", "", bare) if grouped else re.sub(r"[.,]0{1,2}$", "", bare)
    if re.fullmatch(r"-?\d{1,12}", bare) is None:
        return _printable(text), error(path, "not_a_number", value=_printable(text))
    number = int(bare)
    if not field.low <= number <= field.high:
        return number, error(path, "out_of_range", value=number, low=field.low, high=field.high)
    return number, None


def _read_text(_path: str, _field: Field, text: str) -> tuple[Any, Problem | None]:
    return text, None


def _read_code(_path: str, _field: Field, text: str) -> tuple[Any, Problem | None]:
    folded = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s.\-_/·]", "", folded) or text, None


def _read_plate(_path: str, _field: Field, text: str) -> tuple[Any, Problem | None]:
    return normalise_plate(text) or text, None


def _read_date(path: str, _field: Field, text: str) -> tuple[Any, Problem | None]:
    try:
        return date.fromisoformat(text).isoformat(), None
    except ValueError:
        return text, error(path, "not_a_date", value=text)


def _read_moment(path: str, _field: Field, text: str) -> tuple[Any, Problem | None]:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return text, error(path, "not_a_moment", value=text)
        return found.astimezone(UTC).isoformat(timespec="seconds"), None
    except (ValueError, OverflowError):
        return text, error(path, "not_a_moment", value=text)


def _read_choice(path: str, field: Field, text: str) -> tuple[Any, Problem | None]:
    folded = {choice.lower(): choice for choice in field.choices}
    found = folded.get(text.lower())
    if found is None:
        return text, error(path, "not_a_choice", value=text, choices=", ".join(field.choices))
    return found, None


_READERS = {
    Kind.TEXT: _read_text, Kind.CODE: _read_code, Kind.PLATE: _read_plate, Kind.DATE: _read_date,
    Kind.MOMENT: _read_moment, Kind.CHOICE: _read_choice,
}  # fmt: skip


def _printable(text: str) -> str:
    """The text with the replacement character for what can't be printed: it stays a problem."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _put(content: Content, path: str, value: Any) -> Problem | None:
    head, *rest = path.split(".")
    if head in LISTS:
        return _put_line(content, head, rest, path, value)
    if not rest:
        _set(content, head, value)
        return None
    group = content.setdefault(head, {})
    _set(group, rest[0], value)
    return None


def _put_line(
    content: Content, name: str, rest: list[str], path: str, value: Any
) -> Problem | None:
    found = content.setdefault(name, [])
    at = int(rest[0])
    if at >= LISTS[name]:
        return error(path, "too_many_lines", most=LISTS[name])
    plain = f"{name}.*" in FIELDS
    while len(found) <= at:
        found.append("" if plain else {})
    if plain:
        found[at] = "" if value is None else value
    else:
        _set(found[at], rest[1], value)
    return None


def _set(group: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        group.pop(name, None)
    else:
        group[name] = value


def _line_number(path: str) -> tuple[str, int]:
    name, _, number = path.partition(".")
    return name, int(number) if number.isascii() and number.isdigit() and len(number) < 6 else -1


def _leaves(tree: Any, path: str) -> list[str]:
    if isinstance(tree, dict):
        return [leaf for key, sub in tree.items() for leaf in _leaves(sub, f"{path}{key}.")]
    if isinstance(tree, list):
        return [leaf for n, sub in enumerate(tree) for leaf in _leaves(sub, f"{path}{n}.")]
    return [path[:-1]]


def _given_leaves(tree: Any, path: str, problems: list[Problem]) -> list[tuple[str, Any]]:
    """Leaves of a foreign tree; where an object or a list stands in a wrong place, a problem."""
    here = path[:-1]
    if isinstance(tree, dict):
        if here and here not in GROUPS and not _is_line(here):
            problems.append(error(here, "not_a_text" if field_of(here) else "unknown_field"))
            return []
        return [x for k, v in tree.items() for x in _given_leaves(v, f"{path}{k}.", problems)]
    if isinstance(tree, list):
        if here not in LISTS:
            problems.append(error(here, "not_a_text" if field_of(here) else "unknown_field"))
            return []
        if len(tree) > LISTS[here]:
            problems.append(error(here, "too_many_lines", most=LISTS[here]))
        kept = tree[: LISTS[here]]
        return [x for n, v in enumerate(kept) for x in _given_leaves(v, f"{path}{n}.", problems)]
    if here in LISTS or here in GROUPS:
        if tree is not None:
            problems.append(error(here, "not_a_list" if here in LISTS else "unknown_field"))
        return []
    return [(here, tree)]


def _is_line(path: str) -> bool:
    name, _, number = path.partition(".")
    return name in LISTS and number.isascii() and number.isdigit() and f"{name}.*" not in FIELDS
