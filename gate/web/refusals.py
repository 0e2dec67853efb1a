"""Why an act was not done, in words: every code of ``NotDone``."""

from __future__ import annotations

from aiohttp import web

from gate.app.four_eyes import NotDone
from gate.web.language import N_, _

WORDS = {
    "not_yours": N_("Your role may not propose this."),
    "not_second": N_("Your role may not confirm this."),
    "same_person": N_("The second person must be another one than the first."),
    "unconfirmed": N_(
        "The account %(name)s takes no part in acts of two persons yet: an administrator or "
        "supervisor who did not give it its sign-in confirms it under Approvals."
    ),
    "self_unconfirmed": N_(
        "Your account waits to be confirmed: until then it adds, helps and confirms no others."
    ),
    "confirm_role": N_("Administrators and supervisors confirm accounts."),
    "confirmed_already": N_("The account %(name)s is confirmed."),
    "confirm_own": N_("Nobody confirms the own account: another one must."),
    "confirm_giver": N_(
        "You gave %(name)s the account, a password or a new second factor: somebody else must "
        "confirm it."
    ),
    "not_taken": N_(
        "%(name)s must first sign in and choose a password, and set up the second factor."
    ),
    "no_proposal": N_("This proposal has ended: somebody decided it, or twelve hours are over."),
    "name_form": N_(
        "A sign-in name has 2 to 80 of a-z 0-9 . @ _ + - and begins with a letter or digit."
    ),
    "name_taken": N_("There is a user %(name)s already."),
    "full_name": N_("Give the full name, at most 120 characters."),
    "role": N_("This role is not possible for this person."),
    "own_role": N_("You can't take the role of administrator from yourself: another one must."),
    "last_administrator": N_("This is the last active administrator: name another one first."),
    "own_factor": N_("You can't reset your own second factor: another administrator must."),
    "no_person": N_("There is no such person."),
    "password_short": N_("A password has at least 12 characters."),
    "password_long": N_("A password has at most 200 characters."),
    "password_name": N_("The password is little more than the name."),
    "password_common": N_(
        "This password is one that everybody tries first: take four words that do not belong "
        "together."
    ),
    "password_same": N_("This is the old password: take another one."),
    "bad_name": N_("Lanes and devices are named with 1 to 32 of a-z 0-9 and -."),
    "lane_name": N_("Give the lane a name of at most 80 characters."),
    "direction": N_("The direction is export or import."),
    "lane_known": N_("There is a lane %(lane)s already."),
    "no_lane": N_("There is no lane %(lane)s."),
    "kind": N_("Choose a kind from the list."),
    "device_known": N_("There is a device %(device)s on %(lane)s already."),
    "no_device": N_("There is no device %(device)s on %(lane)s."),
    "own_site": N_("%(site)s is this gate itself."),
    "keys_full": N_("There are %(n)s keys that work: end one that is not used any more."),
    "key_days": N_("Choose how long the key works from the list."),
    "reason": N_("Say why, in at least five characters: it is kept."),
    "no_entry": N_("This entry has ended, or is not there."),
    "plate_form": N_("%(text)s is too short or too long for a plate."),
    "container_form": N_(
        "%(text)s is no container number: four letters and seven digits with the right check digit."
    ),
    "no_firm": N_("No firm has the tax number %(text)s."),
    "document_form": N_("%(text)s is no document number: 5 to 20 letters and digits."),
    "days": N_("Give a number of days from 1 to %(most)s."),
    "same_policy": N_("This is the policy in force: nothing would change."),
    "policy_changed": N_(
        "Another policy came in force meanwhile: compare with that one and propose again."
    ),
    "no_transit": N_("There is no such transit."),
    "no_hold": N_("This hold was lifted, or is not there."),
    "held": N_("A legal hold or an open transit stops this."),
}


def words_of(error: NotDone) -> str:
    """What was wrong, and what to do."""
    return _(WORDS[error.code], **error.facts)


def refused(error: NotDone) -> web.HTTPException:
    """The answer to the script or form that asked."""
    return web.HTTPConflict(text=words_of(error))
