"""What can go wrong between the service and its stores."""

from __future__ import annotations


class StoreError(RuntimeError):
    """Base of what the stores raise; ``code`` is stable."""

    code = "store_error"


class DatabaseDown(StoreError):
    """The database can't be reached, or went away in the middle: try again later."""

    code = "database_down"


class DatabaseBusy(StoreError):
    """No connection became free, or a statement took too long."""

    code = "database_busy"


class LeaseLost(StoreError):
    """Another process holds this lane now: nothing was changed."""

    code = "lease_lost"


class PolicyChanged(StoreError):
    """A stored policy does not give the hash any more under which decisions name it."""

    code = "policy_changed"


class EvidenceLost(StoreError):
    """A picture that must be in the evidence store is missing or does not fit its hash."""

    code = "evidence_lost"


class EvidenceFull(StoreError):
    """The evidence store can't take more: the disk is full or can't be written."""

    code = "evidence_full"
