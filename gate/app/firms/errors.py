"""Why a firm's wish can't be met: each with a stable code; pages translate by it."""

from __future__ import annotations

from collections.abc import Iterable

from gate.core.filing.problems import Problem, text_of


class FirmsError(Exception):
    """Base of these errors; the text is English and says what to do."""

    code = "refused"


class UnknownRecord(FirmsError, LookupError):
    """There is no such thing for this firm; whether another firm has it is not said."""

    code = "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.")


class Invalid(FirmsError, ValueError):
    """What was given has problems that must be put right first."""

    code = "invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "; ".join(f"{p.path}: {text_of(p)}" for p in self.problems[:5])
        super().__init__(lines or "Something is wrong with what was given.")


class ChangedMeanwhile(FirmsError):
    """Somebody else changed the record since it was read."""

    code = "changed_meanwhile"

    def __init__(self, current: int) -> None:
        self.current = current
        super().__init__("This was changed meanwhile: load it again and repeat your change.")


class NotAllowedNow(FirmsError):
    """The declaration doesn't stand where this can be done."""

    code = "not_allowed_now"

    def __init__(self, status: str, why: str) -> None:
        self.status = status
        super().__init__(f"{why} (it is {status})")


class SlotFull(FirmsError):
    """All places of the hour are booked."""

    code = "slot_full"

    def __init__(self) -> None:
        super().__init__("This hour is full: choose another one.")


class SlotClosed(FirmsError):
    """The hour can't be booked: closed, over, too far ahead, or no full hour."""

    code = "slot_closed"

    def __init__(self, why: str = "This hour can't be booked: choose another one.") -> None:
        super().__init__(why)


class FirmNotApproved(FirmsError):
    """The firm was not approved yet, or is suspended."""

    code = "firm_not_approved"

    def __init__(self) -> None:
        super().__init__("The gate has not approved this firm, or has suspended it.")


class Taken(FirmsError):
    """Something that must be unique is there already."""

    code = "taken"

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(why)


class UploadRefused(FirmsError):
    """A file that can't be read as a table, or is too large.

    ``sentence`` is the text with its places open, ``facts`` are what fills them.
    """

    code = "upload_refused"

    def __init__(self, kind: str, sentence: str, /, **facts: object) -> None:
        self.kind = kind
        self.sentence = str(sentence)
        self.facts = facts
        super().__init__(self.sentence % facts if facts else self.sentence)


class TooMany(FirmsError):
    """A bound of this firm is reached."""

    code = "too_many"


class StillFiling(FirmsError):
    """As many uploads of the firm are being filed as may be at once."""

    code = "still_filing"

    def __init__(self) -> None:
        super().__init__("Uploads of your firm are still being filed: wait until one is done.")
