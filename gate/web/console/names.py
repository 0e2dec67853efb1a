"""What the console calls things: phases, outcomes, arms, fields of documents, sources."""

from __future__ import annotations

from functools import cache

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from gate.app.inspections import TASKS
from gate.app.officer import REASONS
from gate.core.permissions import Role
from gate.web.language import N_, language, words
from gate.web.role_names import NAMES as ROLE_NAMES

NAMES: dict[str, dict[str, str]] = {
    "phase": {
        "idle": N_("Idle"), "arriving": N_("Arriving"), "reading": N_("Reading"),
        "deciding": N_("Deciding"), "with_officer": N_("With the officer"),
        "releasing": N_("Opening"), "passing": N_("Passing"), "clearing": N_("Clearing"),
        "fault": N_("Fault"), "closed": N_("Lane closed"),
    },
    "outcome": {
        "release": N_("Release"), "hold": N_("Hold"), "refer": N_("Refer"), "deny": N_("Deny"),
        "fault": N_("Fault"), "idle": N_("Idle"),
    },
    "end": {
        "departed": N_("departed"), "turned_back": N_("turned back"),
        "referred_out": N_("referred to inspection"), "aborted": N_("drove away"),
    },
    "arm": {
        "closed": N_("closed"), "opening": N_("opening"), "open": N_("open"),
        "closing": N_("closing"), "stopped": N_("stopped"), "fault": N_("fault"),
        "unknown": N_("unknown"), "offline": N_("offline"), "online": N_("online"),
    },
    "camera": {
        "front": N_("front"), "rear": N_("rear"), "side": N_("side"), "top": N_("top"),
        "document": N_("document"), "overview": N_("overview"),
    },
    "device": {
        "camera": N_("camera"), "barrier": N_("barrier"), "loop": N_("loop"),
        "scale": N_("weighbridge"), "seal_reader": N_("seal reader"),
    },
    "direction": {"export": N_("export"), "import": N_("import")},
    "status": {
        "draft": N_("draft"), "submitted": N_("submitted"), "rejected": N_("rejected"),
        "accepted": N_("accepted"), "arrived": N_("arrived"), "clearing": N_("being cleared"),
        "cleared": N_("cleared"), "released": N_("released"), "departed": N_("departed"),
        "closed": N_("closed"), "cancelled": N_("cancelled"), "expired": N_("expired"),
    },
    "clearance": {
        "pending": N_("pending"), "passed": N_("passed"), "failed": N_("refused"),
        "not_needed": N_("not needed"), "unpaid": N_("unpaid"), "paid": N_("paid"),
    },
    "authority": {
        "customs": N_("Customs"), "border_guard": N_("Border guard"),
        "quarantine": N_("Quarantine"), "fee": N_("Fee"),
    },
    "document": {
        "passport": N_("passport"), "identity_card": N_("identity card"),
        "border_pass": N_("border pass"), "document": N_("document"), "TD1": N_("identity card"),
        "TD2": N_("travel document"), "TD3": N_("passport"), "MRV-A": N_("visa"),
        "MRV-B": N_("visa"), "gate_pass": N_("gate pass"),
    },
    "field": {
        "type": N_("type"), "issuer": N_("issuing state"), "number": N_("number"),
        "nationality": N_("nationality"), "birth": N_("born"), "sex": N_("sex"),
        "expiry": N_("valid until"), "name": N_("name"), "optional": N_("further data"),
        "optional_2": N_("further data"), "composite": N_("whole zone"),
        "old_number": N_("old number"), "address": N_("address"), "issued": N_("issued"),
        "declaration": N_("declaration"), "plate": N_("plate"),
    },
    "verdict": {
        "verified": N_("verified"), "corrected": N_("corrected, compare it"),
        "failed": N_("check digit wrong"), "unverified": N_("no check digit"),
        "differs": N_("differs within itself"),
    },
    "source": {
        "front plate": N_("front plate"), "rear plate": N_("rear plate"),
        "container": N_("container"), "driver's document": N_("driver's document"),
        "gate pass": N_("gate pass"), "nothing": N_("nothing"),
        "side plate": N_("side plate"), "top plate": N_("top plate"),
    },
    "failure": {
        "no_plate": N_("no plate found"), "pending": N_("being read"),
        "no picture showed a plate": N_("no picture showed a plate"),
        "undecodable": N_("the picture is broken"),
        "too_large": N_("the picture is too large"), "timeout": N_("reading took too long"),
        "worker_lost": N_("the reader broke off"), "reader_failed": N_("the reader failed"),
        "no_zone": N_("no machine-readable zone found"), "check_digit": N_("check digit wrong"),
        "unsupported": N_("this kind of picture can't be read"),
    },
    "refusal": {
        "expired": N_("the command came too late"), "replayed": N_("the command came twice"),
        "stale_token": N_("a newer command is known"),
        "bad_signature": N_("the signature is wrong"),
        "clock_untrusted": N_("its clock can't be trusted"),
        "loop_occupied": N_("a vehicle stands on a loop"),
        "local_control": N_("it is under local control"), "fault": N_("barrier in fault"),
        "state_differs": N_("the arm is not where it was expected"),
        "no reason given": N_("no reason given"),
    },
    "pass": {
        "not_a_pass": N_("it is no gate pass"), "forged": N_("its signature is wrong"),
        "not_yet": N_("it is not valid yet"), "expired": N_("it has expired"),
        "other_truck": N_("it is of another truck"), "revoked": N_("it was revoked"),
    },
    "fact": {
        "read": N_("read"), "declared": N_("declared"), "role": N_("place"),
        "weighed": N_("weighed"), "permitted": N_("permitted"), "until": N_("until"),
        "devices": N_("devices"), "parts": N_("parts"), "age": N_("age"), "opens": N_("opens"),
        "closed": N_("closed"), "un": N_("UN number"), "value": N_("entry"), "lane": N_("lane"),
        "officer": N_("officer"), "gate": N_("gate"),
    },
    "result": {"passed": N_("in order"), "failed": N_("not in order"), "": N_("still to do")},
    "task": TASKS,
    "why": REASONS,
    "role": {role.value: name for role, name in ROLE_NAMES.items()},
    "trust": {
        "trusted": N_("clock right"), "unset": N_("clock unknown"),
        "warn": N_("clock off a little"),
        "untrusted": N_("clock wrong"),
    },
    "command": {
        "open": N_("open"), "close": N_("close"), "hold_open": N_("hold open"),
        "pending": N_("pending"), "accepted": N_("accepted"), "done": N_("done"),
        "refused": N_("refused"), "lost": N_("no answer"), "expired": N_("expired"),
    },
    "event": {
        "loop_entry": N_("entry loop"), "capture_stored": N_("picture stored"),
        "capture_read": N_("picture read"), "decided": N_("decision"),
        "decision_failed": N_("no decision"), "officer_acted": N_("officer's act"),
        "command_answered": N_("barrier's answer"), "command_lost": N_("command lost"),
        "barrier_reported": N_("barrier's report"), "barrier_presence": N_("barrier's presence"),
        "tick": N_("time passed"), "restarted": N_("service restarted"),
        "lane_opened": N_("lane opened"), "lane_closed": N_("lane closed"),
        "lane_manual": N_("worked by hand"), "weighed": N_("weighed"),
        "seals_read": N_("seals read"), "part_troubled": N_("trouble of a part"),
        "start_transit": N_("transit begins"), "attach_capture": N_("picture belongs to it"),
        "decide": N_("decision asked for"), "open_barrier": N_("barrier ordered open"),
        "call_officer": N_("officer called"), "raise_alarm": N_("alarm"),
        "clear_alarm": N_("alarm over"), "end_transit": N_("transit ends"), "ignore": N_("ignored"),
    },
}  # fmt: skip
"""Group, code and English name. Codes that a group does not know are shown as they are."""

assert set(NAMES["role"]) == {role.value for role in Role}


def name(group: str, code: str) -> str:
    """The name of a code in the request's language."""
    found = NAMES[group].get(code)
    return words(language()).gettext(found) if found else code.replace("_", " ")


@cache
def _element(spoken: str) -> Markup:
    told = words(spoken)
    table = {
        group: {code: told.gettext(text) for code, text in names.items()}
        for group, names in NAMES.items()
    }
    text = htmlsafe_json_dumps(table, ensure_ascii=False)
    return Markup('<script type="application/json" id="names">{}</script>').format(text)


def names_element() -> Markup:
    """The element that ``names.js`` reads (data, never run)."""
    return _element(language())
