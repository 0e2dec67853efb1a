"""A short title for each reason code; a code without one shows itself."""

from __future__ import annotations

from gate.web.language import N_, _

TITLES: dict[str, str] = {
    "OK_ALL": N_("All checks passed"),
    "OFFICER_RELEASED": N_("Released by an officer"),
    "PLATE_UNREADABLE": N_("Plate not readable"),
    "PLATE_DOUBTFUL": N_("Plate doubtful"),
    "READERS_DISAGREE": N_("Readers disagree"),
    "FRONT_REAR_DIFFER": N_("Front and rear plate differ"),
    "NO_DECLARATION": N_("No declaration"),
    "SEVERAL_DECLARATIONS": N_("Several declarations fit"),
    "TRAILER_MISMATCH": N_("Another trailer than declared"),
    "CONTAINER_MISMATCH": N_("Another container than declared"),
    "DRIVER_MISMATCH": N_("Another driver than declared"),
    "SEAL_MISMATCH": N_("Seal number differs"),
    "SEAL_MISSING": N_("Seal missing"),
    "TOO_EARLY": N_("Before the declared window"),
    "TOO_LATE": N_("After the declared window"),
    "WRONG_GATE": N_("Declared for another gate"),
    "WRONG_DIRECTION": N_("Declared for the other direction"),
    "DECLARATION_NOT_ACCEPTED": N_("Declaration not accepted yet"),
    "DECLARATION_NOT_CLEARED": N_("Declaration not cleared yet"),
    "DECLARATION_EXPIRED": N_("Declaration expired"),
    "DECLARATION_CANCELLED": N_("Declaration cancelled"),
    "DECLARATION_USED": N_("Declaration used already"),
    "CUSTOMS_PENDING": N_("Customs has not passed the truck yet"),
    "QUARANTINE_PENDING": N_("Quarantine has not passed the truck yet"),
    "BORDER_GUARD_PENDING": N_("Border guard has not passed the truck yet"),
    "CUSTOMS_REFUSED": N_("Refused by customs"),
    "QUARANTINE_REFUSED": N_("Refused by quarantine"),
    "BORDER_GUARD_REFUSED": N_("Refused by the border guard"),
    "FEE_UNPAID": N_("Gate fee not paid"),
    "PERMIT_EXPIRED": N_("Vehicle's permit expired"),
    "INSURANCE_EXPIRED": N_("Vehicle's insurance expired"),
    "DOC_EXPIRED": N_("Driver's document expired"),
    "DOC_UNREADABLE": N_("Driver's document not readable"),
    "DOC_CHECKDIGIT": N_("Driver's document: check digit wrong"),
    "OVERWEIGHT_LEGAL": N_("Heavier than permitted"),
    "WEIGHT_DIFFERS": N_("Weight differs from the declaration"),
    "WEIGHT_UNSTABLE": N_("No stable weight"),
    "DANGEROUS_GOODS": N_("Dangerous goods"),
    "WATCHLIST_PLATE": N_("Plate on a watchlist"),
    "WATCHLIST_PERSON": N_("Person on a watchlist"),
    "WATCHLIST_FIRM": N_("Firm on a watchlist"),
    "WATCHLIST_CONTAINER": N_("Container on a watchlist"),
    "REFERRED": N_("Refer: the supervisor knows why"),
    "RANDOM_INSPECTION": N_("Drawn for inspection"),
    "INSPECTION_OPEN": N_("Inspection not finished"),
    "RETURN_OVERDUE": N_("Return overdue"),
    "QUEUE_JUMP": N_("Not called yet"),
    "PASS_FORGED": N_("Gate pass can't be believed"),
    "PASS_MISMATCH": N_("Gate pass of another truck"),
    "CLONE_SUSPECTED": N_("Plate may be cloned"),
    "LANE_CLOSED": N_("Lane closed"),
    "LANE_MANUAL": N_("Lane worked by hand"),
    "CLOCK_UNTRUSTED": N_("Clock of a device can't be trusted"),
    "EVIDENCE_LATE": N_("Pictures are old"),
    "SYSTEM_DEGRADED": N_("Part of the system is down"),
}


def reason_title(code: str) -> str:
    """The short title of a reason code in the request's language."""
    return _(TITLES[code]) if code in TITLES else code
