"""A tariff: which fees a declaration owes, as a table in data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffLine:
    """One fee. Empty ``directions`` or ``kinds`` mean all; weights are permitted kilograms of
    the vehicle, from ``from_kg`` up to, not including, ``below_kg`` (0: no bound).
    """

    code: str
    amount: int
    directions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    from_kg: int = 0
    below_kg: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """All fees, in whole units of one currency (ISO 4217)."""

    name: str
    currency: str
    lines: tuple[TariffLine, ...] = ()

    def due(self, *, direction: str, kind: str, permitted_kg: int) -> tuple[TariffLine, ...]:
        """The fees of one declaration: of each code the first line that fits."""
        found: dict[str, TariffLine] = {}
        for line in self.lines:
            fits = (
                (not line.directions or direction in line.directions)
                and (not line.kinds or kind in line.kinds)
                and line.from_kg <= permitted_kg
                and (line.below_kg == 0 or permitted_kg < line.below_kg)
            )
            if fits:
                found.setdefault(line.code, line)
        return tuple(line for line in found.values() if line.amount > 0)
