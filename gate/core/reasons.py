"""The reason codes: what each means for the outcome, who may override it, the way to yes.

A table in data, after docs/deciding.md (general practice of the field, not a circular),
so that a gate can correct it.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.transit import Authority, Outcome, Reason

_O, _A = Outcome, Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The fixed part of a reason."""

    outcome: Outcome
    override: Authority
    way: str
    second: bool = False
    restricted: bool = False


def _rule(outcome: Outcome, override: Authority, way: str, second: bool = False) -> Rule:
    return Rule(outcome=outcome, override=override, way=way, second=second)


def _watched() -> Rule:
    """A watchlist hit: silent to all who may not see watchlists, and on every sign."""
    return Rule(
        outcome=_O.REFER,
        override=_A.SUPERVISOR,
        way="call the supervisor; say nothing to the driver",
        second=True,
        restricted=True,
    )


RULES: dict[str, Rule] = {
    "OK_ALL": _rule(_O.RELEASE, _A.NONE, ""),
    "OFFICER_RELEASED": _rule(_O.RELEASE, _A.NONE, ""),
    "PLATE_UNREADABLE": _rule(_O.HOLD, _A.OFFICER, "have the plate cleaned, or type it"),
    "PLATE_DOUBTFUL": _rule(_O.HOLD, _A.OFFICER, "compare the plate with the picture and confirm"),
    "READERS_DISAGREE": _rule(
        _O.HOLD, _A.OFFICER, "compare the plate with the picture and confirm"
    ),
    "FRONT_REAR_DIFFER": _rule(_O.HOLD, _A.SHIFT_LEAD, "inspect the vehicle"),
    "NO_DECLARATION": _rule(_O.HOLD, _A.SUPERVISOR, "file a declaration; go to window 3", True),
    "SEVERAL_DECLARATIONS": _rule(_O.HOLD, _A.OFFICER, "pick the right declaration"),
    "TRAILER_MISMATCH": _rule(_O.HOLD, _A.SHIFT_LEAD, "the firm amends the declaration"),
    "CONTAINER_MISMATCH": _rule(_O.HOLD, _A.SHIFT_LEAD, "the firm amends the declaration"),
    "DRIVER_MISMATCH": _rule(_O.HOLD, _A.SHIFT_LEAD, "the firm amends the declaration"),
    "SEAL_MISMATCH": _rule(_O.REFER, _A.SUPERVISOR, "customs checks the seal"),
    "SEAL_MISSING": _rule(_O.REFER, _A.SUPERVISOR, "customs checks the seal"),
    "TOO_EARLY": _rule(_O.HOLD, _A.OFFICER, "wait, or book a new slot"),
    "TOO_LATE": _rule(_O.HOLD, _A.OFFICER, "book a new slot"),
    "WRONG_GATE": _rule(_O.DENY, _A.SHIFT_LEAD, "go to the declared gate"),
    "WRONG_DIRECTION": _rule(_O.DENY, _A.SHIFT_LEAD, "go to a lane of the declared direction"),
    "DECLARATION_NOT_ACCEPTED": _rule(_O.HOLD, _A.SHIFT_LEAD, "wait until it is accepted"),
    "DECLARATION_NOT_CLEARED": _rule(_O.HOLD, _A.SHIFT_LEAD, "finish the clearance first"),
    "DECLARATION_EXPIRED": _rule(_O.HOLD, _A.SHIFT_LEAD, "file anew"),
    "DECLARATION_CANCELLED": _rule(_O.HOLD, _A.SHIFT_LEAD, "file anew"),
    "DECLARATION_USED": _rule(_O.HOLD, _A.SHIFT_LEAD, "file anew"),
    "CUSTOMS_PENDING": _rule(_O.HOLD, _A.NONE, "go to the customs counter"),
    "QUARANTINE_PENDING": _rule(_O.HOLD, _A.NONE, "go to the quarantine counter"),
    "BORDER_GUARD_PENDING": _rule(_O.HOLD, _A.NONE, "go to the border guard's counter"),
    "CUSTOMS_REFUSED": _rule(_O.DENY, _A.NONE, ""),
    "QUARANTINE_REFUSED": _rule(_O.DENY, _A.NONE, ""),
    "BORDER_GUARD_REFUSED": _rule(_O.DENY, _A.NONE, ""),
    "FEE_UNPAID": _rule(_O.HOLD, _A.SHIFT_LEAD, "pay the fee"),
    "PERMIT_EXPIRED": _rule(_O.HOLD, _A.SHIFT_LEAD, "renew the vehicle's permit"),
    "INSURANCE_EXPIRED": _rule(_O.HOLD, _A.SHIFT_LEAD, "renew the vehicle's insurance"),
    "DOC_EXPIRED": _rule(_O.HOLD, _A.SHIFT_LEAD, "show another document"),
    "DOC_UNREADABLE": _rule(_O.HOLD, _A.SHIFT_LEAD, "show the document again, or another one"),
    "DOC_CHECKDIGIT": _rule(_O.HOLD, _A.SHIFT_LEAD, "show the document again, or another one"),
    "OVERWEIGHT_LEGAL": _rule(_O.DENY, _A.NONE, "unload, then weigh again"),
    "WEIGHT_DIFFERS": _rule(_O.REFER, _A.SHIFT_LEAD, "weigh again, or amend the declaration"),
    "WEIGHT_UNSTABLE": _rule(_O.HOLD, _A.OFFICER, "stand still on the scale"),
    "DANGEROUS_GOODS": _rule(_O.REFER, _A.SUPERVISOR, "go to the lane of that class"),
    "WATCHLIST_PLATE": _watched(),
    "WATCHLIST_PERSON": _watched(),
    "WATCHLIST_FIRM": _watched(),
    "WATCHLIST_CONTAINER": _watched(),
    "REFERRED": _rule(_O.REFER, _A.SUPERVISOR, "the supervisor tells where to", True),
    "RANDOM_INSPECTION": _rule(_O.REFER, _A.SUPERVISOR, "drive to the inspection", True),
    "INSPECTION_OPEN": _rule(_O.REFER, _A.SUPERVISOR, "finish the inspection first", True),
    "RETURN_OVERDUE": _rule(_O.HOLD, _A.SHIFT_LEAD, "explain the late return"),
    "QUEUE_JUMP": _rule(_O.HOLD, _A.OFFICER, "wait to be called"),
    "PASS_FORGED": _rule(_O.REFER, _A.SUPERVISOR, "prove the vehicle's identity"),
    "PASS_MISMATCH": _rule(_O.REFER, _A.SUPERVISOR, "show this truck's own pass"),
    "CLONE_SUSPECTED": _rule(_O.REFER, _A.SUPERVISOR, "prove the vehicle's identity", True),
    "LANE_CLOSED": _rule(_O.HOLD, _A.OFFICER, "use another lane"),
    "LANE_MANUAL": _rule(_O.HOLD, _A.OFFICER, "the officer decides at this lane"),
    "CLOCK_UNTRUSTED": _rule(_O.HOLD, _A.OFFICER, "compare the picture with the truck"),
    "EVIDENCE_LATE": _rule(_O.HOLD, _A.OFFICER, "compare the picture with the truck"),
    "SYSTEM_DEGRADED": _rule(_O.HOLD, _A.OFFICER, "check by hand; open by key"),
}


def reason(code: str, text: str, **facts: str) -> Reason:
    """Make the reason ``code`` with words for the officer and the values behind them.

    Raises:
        KeyError: the code is not in ``RULES``.
    """
    rule = RULES[code]
    return Reason(
        code=code,
        outcome=rule.outcome,
        text=text,
        way=rule.way,
        override=rule.override,
        second=rule.second,
        facts=tuple(sorted(facts.items())),
        restricted=rule.restricted,
    )
