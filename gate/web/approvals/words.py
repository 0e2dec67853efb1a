"""What a proposal is about, in words."""

from __future__ import annotations

from typing import Any

from gate.core.four_eyes import ActKind
from gate.store.proposals import Proposal
from gate.web.kinds import watch_kind
from gate.web.language import N_, _, ngettext
from gate.web.portal.code_words import SCOPE_WORDS

ACTS = {
    ActKind.WATCHLIST_ADD: N_("Put on a watchlist"),
    ActKind.WATCHLIST_END: N_("End a watchlist entry"),
    ActKind.WATCHLIST_RENEW: N_("Renew a watchlist entry"),
    ActKind.POLICY: N_("Put a policy in force"),
    ActKind.DEVICE_ADD: N_("Register a device"),
    ActKind.DEVICE_KEY: N_("Give a device a new key"),
    ActKind.DEVICE_RETIRE: N_("Retire a device"),
    ActKind.SYSTEM_KEY: N_("Make a key for another system"),
    ActKind.ERASE_PERSON: N_("Erase a person"),
    ActKind.HOLD_END: N_("Lift a legal hold"),
}


def title(act: str) -> str:
    """The act in the reader's language."""
    return _(ACTS[ActKind(act)])


def lines(proposal: Proposal) -> list[tuple[str, str]]:
    """What the second person must know: name and value."""
    data = proposal.data
    match ActKind(proposal.act):
        case ActKind.WATCHLIST_ADD | ActKind.WATCHLIST_END | ActKind.WATCHLIST_RENEW:
            found = [(watch_kind(data["kind"]), data["shown"]), (_("Reason"), data["reason"])]
            return [*found, (_("Days"), str(data["days"]))] if "days" in data else found
        case ActKind.POLICY:
            return [(_("Policy"), f"{data['name']} {data['version']}"), ("SHA-256", data["hash"]),
                    (_("Reason"), data["note"])]  # fmt: skip
        case ActKind.DEVICE_ADD | ActKind.DEVICE_KEY | ActKind.DEVICE_RETIRE:
            found = [(_("Device"), f"{data['lane']} / {data['device']}")]
            if data.get("at_once"):
                found.append((_("Old key"), _("refused at once")))
            return found
        case ActKind.SYSTEM_KEY:
            return _of_key(data)
        case ActKind.ERASE_PERSON:
            return [(_("Person"), data["driver"]), (_("Reason"), data["reason"])]
        case ActKind.HOLD_END:
            return [(_("Legal hold"), data["value"])]
    return []


def _of_key(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Whose key, each thing that it may, for which gate, and how long."""
    found = [(_("Whose key it is"), data["name"])]
    found += [(_("It may"), f"{_(SCOPE_WORDS[code])} ({code})") for code in data["scopes"]]
    if data["site"]:
        found.append((_("The other gate"), data["site"]))
    days = data["days"]
    lasts = ngettext("%(n)s day", "%(n)s days", days, n=days) if days else _("until it is ended")
    return [*found, (_("Valid for"), lasts)]
