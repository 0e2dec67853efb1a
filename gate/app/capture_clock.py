"""What a capture's time is worth: the device's clock against ours."""

from __future__ import annotations

from datetime import datetime, timedelta

from gate.store.devices import DeviceRow

FUTURE_MS = 2_000
"""A picture from the future by more than this can't be: SAFETY limit of an untrusted clock."""


def taken_at(device_at: datetime, device: DeviceRow | None) -> datetime:
    """The device's time corrected by its measured offset, where one is trusted."""
    if device is None or device.clock_trust != "trusted" or device.offset_ms is None:
        return device_at
    return device_at + timedelta(milliseconds=device.offset_ms)


def doubt_about(
    at_ms: int, received: datetime, device: DeviceRow | None, untrusted_ms: int, late_ms: int
) -> str:
    """Why the capture's time can't be taken as it is: ``late``, ``future``, ``unset`` or nothing.

    ``late`` is an honest old picture (from a camera's spool): its clock is known.
    ``unset`` means that the clock is off by more than ``untrusted_ms`` and nobody measured it.
    """
    behind = int(received.timestamp() * 1000) - at_ms
    trusted = device is not None and device.clock_trust == "trusted"
    if device is not None and trusted and device.offset_ms is not None:
        behind -= device.offset_ms
    if behind < -FUTURE_MS:
        return "future"
    if trusted and behind > late_ms:
        return "late"
    if not trusted and behind > untrusted_ms:
        return "unset"
    return ""
