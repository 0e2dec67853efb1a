"""What acts of administration and looks are called."""

from __future__ import annotations

from gate.web.language import N_, _

ACTIONS = {
    "policy_in_force": N_("Policy put in force"),
    "watchlist_add": N_("Watchlist entry added"),
    "watchlist_end": N_("Watchlist entry ended"),
    "user_add": N_("User added"),
    "user_change": N_("User changed"),
    "user_password": N_("First password given"),
    "user_confirm": N_("Account confirmed"),
    "user_sessions_end": N_("Sessions ended"),
    "password_change": N_("Own password changed"),
    "second_factor_set": N_("Second factor set up"),
    "second_factor_removed": N_("Second factor removed"),
    "second_factor_reset": N_("Second factor reset"),
    "secrets_locked": N_("Secrets locked anew"),
    "secrets_forgotten": N_("Lost secrets forgotten"),
    "lane_add": N_("Lane added"),
    "lane_rename": N_("Lane renamed"),
    "device_add": N_("Device registered"),
    "device_key": N_("Device key given"),
    "device_key_in_use": N_("Device key in use"),
    "device_retire": N_("Device retired"),
    "legal_hold": N_("Legal hold put"),
    "legal_hold_end": N_("Legal hold lifted"),
    "erase_person": N_("Person erased"),
    "erase_transits": N_("Old transits erased"),
    "retention_run": N_("Retention run"),
    "lane_taken": N_("Lane taken over"),
    "lane_handed_over": N_("Lane handed over"),
    "inspection_done": N_("Inspection task done"),
    "firm.applied": N_("Firm registered"),
    "firm.approved": N_("Firm approved"),
    "firm.refused": N_("Firm refused"),
    "firm.suspended": N_("Firm suspended"),
    "firm.contact": N_("Firm's contact changed"),
    "firm.letters": N_("Firm's e-mails changed"),
    "member.added": N_("Firm's user added"),
    "member.changed": N_("Firm's user changed"),
    "vehicle.saved": N_("Vehicle saved"),
    "vehicle.retired": N_("Vehicle taken out of service"),
    "driver.saved": N_("Driver saved"),
    "driver.retired": N_("Driver taken out of service"),
    "key.made": N_("API key made"),
    "key.ended": N_("API key ended"),
    "sightings.told": N_("Another gate told where it saw plates"),
    "webhook.added": N_("Webhook added"),
    "webhook.changed": N_("Webhook changed"),
    "webhook.ended": N_("Webhook ended"),
    "slots.capacity": N_("Places of time slots changed"),
    "slots.closed": N_("Time slots closed or opened"),
    "proposal_rejected": N_("Proposal rejected"),
    "proposal_withdrawn": N_("Proposal withdrawn"),
}
LOOKS = {
    "transit": N_("Transit"),
    "proof": N_("Proof of a transit"),
    "declaration": N_("Declaration"),
    "firm": N_("Firm"),
    "user": N_("User"),
    "search": N_("Search for a person"),
    "erasure_search": N_("Search for erasure"),
}


def action_name(action: str) -> str:
    """The act in words; one that has none as it is."""
    return _(ACTIONS[action]) if action in ACTIONS else action


def what_name(what: str) -> str:
    """What was looked at."""
    return _(LOOKS[what]) if what in LOOKS else what
