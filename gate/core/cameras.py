"""Which declared plate a camera should see, by its place at the lane."""

from __future__ import annotations

from schemas.declarations import Declaration
from schemas.transit import SeenPlate

REAR = "rear"


def target_plate(role: str, declaration: Declaration) -> str:
    """The declared plate at the camera's place: a rear camera sees the trailer."""
    if role == REAR and declaration.trailer_plate:
        return declaration.trailer_plate
    return declaration.tractor_plate


def target(look: SeenPlate, declaration: Declaration) -> str:
    """The declared plate that this look's camera should see."""
    return target_plate(look.role, declaration)
