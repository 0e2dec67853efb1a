"""What the check of the audit finds wrong: gate.core.audit, gate.store.audit_check, the proof."""

from __future__ import annotations

from gate.web.language import N_

FAULTS: tuple[str, ...] = (
    N_("entries %(first)s to %(last)s are gone"),
    N_("its content does not give its hash"),
    N_("it does not follow the entry before it: one of them was replaced or moved"),
    N_("the entry that a signed anchor vouches for is gone"),
    N_("the entry that a signed anchor vouches for is another one"),
    N_("step %(n)s of the lane has no entry: it was put in"),
    N_("step %(n)s of the lane, its decision or its picture was changed"),
    N_("step %(n)s, its decision or its picture was changed"),
    N_("step %(n)s of the lane is gone"),
    N_("the whole chain is gone, though the lane took steps"),
    N_("an anchor that was kept elsewhere is gone here"),
    N_("an anchor before it is gone or was replaced"),
    N_("the data kept beside it was changed"),
    N_("decisions were erased otherwise than this entry says, or it is gone"),
    N_("its signature is not of the key %(key)s"),
)
