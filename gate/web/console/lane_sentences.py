"""What a lane says: why an officer is called, alarms, acts and events that change nothing."""

from __future__ import annotations

from gate.web.language import N_

CALLS: tuple[str, ...] = (
    N_("no picture came"),
    N_("a vehicle stands at the lane but no camera sent a picture"),
    N_("no decision came in time"),
    N_("the lane is worked by hand"),
    N_("the lane is worked by hand by %(officer)s"),
    N_("held by %(officer)s"),
    N_("%(outcome)s: %(codes)s"),
    N_("released, but the barrier can't open: %(sentence)s"),
    N_("the barrier can't open: %(sentence)s"),
    N_("it is offline"),
    N_("it is under local control"),
    N_("its arm is %(arm)s"),
    N_("the arm is %(arm)s while the truck is with the officer"),
    N_("the arm is %(arm)s though nobody ordered it"),
    N_("the arm is %(arm)s, not closed"),
    N_("the barrier did not open in time"),
    N_("the barrier went offline"),
    N_("the barrier went offline during a passage"),
    N_("the barrier is offline; it stays as it is"),
    N_("the barrier reports %(arm)s"),
    N_("the barrier reports %(arm)s during a passage"),
    N_("the barrier is well again; look at the truck"),
    N_("the arm came down again but no vehicle passed"),
    N_("the arm did not come down in time"),
    N_("a second vehicle drove in behind the released one"),
    N_("a truck was sent away and not seen to leave: see which one stands here"),
    N_(
        "a second vehicle drove in behind the released one: see who stands here and who went "
        "through"
    ),
    N_("a vehicle stands under the arm too long"),
    N_("the vehicle has stood in the gate too long"),
    N_("the truck has waited for an officer too long"),
    N_("the lane is still in fault"),
    N_("the service restarted while this truck was at the lane"),
    N_("the decision could not be stored in time"),
    N_("another truck was released on this declaration"),
    N_("%(officer)s asks for a second officer"),
    N_("%(device)s speaks from two starts in turns: a copy of it, or started twice"),
    N_("no decision could be made: %(sentence)s"),
    N_("the declarations could not be looked up: %(sentence)s"),
    N_("the barrier refused to open: %(refusal)s"),
    N_("the barrier gave no answer: %(sentence)s"),
    N_("the barrier is not registered any more"),
    N_("none within %(n)s ms"),
    N_("the message broker was started anew: %(sentence)s"),
    N_("the policy before stays in force: %(sentence)s"),
    N_(
        "policy %(first)s was changed in the database: what stands there now has another hash; "
        "put it right from a backup or from its file"
    ),
    N_("its process ended"),
    N_("a message did not come back within %(n)s s"),
    N_("it could not be used: %(text)s"),
    N_("the database is not connected yet"),
    N_("no connection became free in %(n)s s"),
    N_("the database can't be reached: %(text)s"),
    N_("can't connect to the database: %(text)s"),
    N_("a statement took over %(n)s s"),
    N_("the database went away: %(text)s"),
    N_("a %(status)s declaration can't become %(next)s; allowed: nothing: it has ended"),
    N_("a %(status)s declaration can't become %(next)s; allowed: %(statuses)s"),
    N_("a vehicle stands at a closed lane"),
    N_(
        "camera %(device)s reads %(exact)s of the last %(seen)s plates exactly; %(sure)s is "
        "usual: clean the lens and check its aim and light"
    ),
)
"""Why a truck is with the officer, and what alarms say: gate.core.lane, gate.app."""

IGNORED: tuple[str, ...] = (
    N_("the act is about another truck"),
    N_("there is no fault to reset"),
    N_("there is no transit to release"),
    N_("there is no transit to end"),
    N_("there is no truck at the lane, or it is already moving"),
    N_("the lane no longer waits for a decision"),
    N_("the lane is in fault: reset it first"),
    N_("the lane is held by another process"),
    N_("%(act)s is possible once the truck is with the officer"),
    N_("capture %(id)s belongs to no open transit"),
    N_("answers request %(n)s; the current one is %(m)s"),
    N_("the capture is known already, or its vehicle has been sent away"),
    N_("there is no transit to decide on"),
    N_("a release without a stored decision opens nothing"),
    N_("the command of decision %(id)s was already given up"),
    N_("answers decision %(id)s, not the current one"),
    N_("is about decision %(id)s, not the current one"),
    N_("the lane no longer waits for this answer"),
)
"""Why an act or an event changes nothing: gate.core.lane, gate.app.lane."""
