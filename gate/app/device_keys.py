"""Devices' signing keys between the register in the database (locked) and memory (in clear)."""

from __future__ import annotations

from dataclasses import replace

from gate.app.vault import Vault
from gate.store.devices import DeviceRow
from gate.store.vaulted import place_of_device


def locked(vault: Vault, row: DeviceRow) -> DeviceRow:
    """The device as it goes into the database; it has no offered key."""
    return replace(row, secret=lock_key(vault, row.lane, row.id, row.key_id, row.secret))


def unlocked(vault: Vault, row: DeviceRow) -> DeviceRow:
    """The device with its keys in clear; raises ``VaultBroken``."""
    secret = vault.unlock(place_of_device(row.lane, row.id, row.key_id), row.secret)
    offered = row.next_secret
    if offered:
        offered = vault.unlock(place_of_device(row.lane, row.id, row.next_key_id), offered)
    return replace(row, secret=secret, next_secret=offered)


def lock_key(vault: Vault, lane: str, device: str, key_id: str, secret: bytes) -> bytes:
    """One key as it goes into the database."""
    return vault.lock(place_of_device(lane, device, key_id), secret)
