"""Realistic demonstration data: firms, vehicles, drivers and hundreds of declarations, by seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from gate.app.demo_names import (
    CARGO,
    CN_FAMILY,
    CN_GIVEN,
    CN_PREFIXES,
    FIRMS,
    OWNERS,
    VN_FAMILY,
    VN_GIVEN,
    VN_MIDDLE,
    VN_TRUCK_PROVINCES,
)
from schemas.containers import check_digit

CN_DIGITS = "0123456789"
CN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
ALL_PASSED = ("passed", "passed", "passed", "passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedVehicle:
    """A vehicle of a firm; ``kind`` tractor, trailer or truck."""

    id: UUID
    firm: UUID
    kind: str
    plate: str
    country: str
    permitted_kg: int
    permit_until: datetime
    insurance_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedDriver:
    """A driver of a firm, with a document."""

    id: UUID
    firm: UUID
    name: str
    nationality: str
    document_kind: str
    document_number: str
    birth_date: date
    document_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedDeclaration:
    """A declaration with one goods line. ``clearances``: customs, border guard, quarantine, fee."""

    id: UUID
    number: str
    firm: UUID
    direction: str
    status: str
    tractor: SeedVehicle
    trailer: SeedVehicle | None
    driver: SeedDriver
    container: str
    seal: str
    cargo: tuple[str, str, str, int]
    gross_kg: int
    clearances: tuple[str, str, str, str]
    un_number: str
    lane: str
    window_from: datetime
    window_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Everything that a demonstration starts with."""

    firms: tuple[tuple[UUID, str, str, str], ...]
    vehicles: tuple[SeedVehicle, ...]
    drivers: tuple[SeedDriver, ...]
    declarations: tuple[SeedDeclaration, ...]


def make_seed(rng: random.Random, now: datetime, count: int = 480) -> Seed:
    """Draw the data. The same generator state and time give the same data.

    About four in five declarations are cleared and open now; the others are spread over
    the states that lead to a hold, a referral or a denial.
    """
    draw = _Draw(rng, now)
    firms = tuple((draw.uuid(), name, tax, country) for name, tax, country in FIRMS)
    declarations = tuple(draw.declaration(firms[n % len(firms)], n) for n in range(count))
    return Seed(
        firms=firms,
        vehicles=tuple(draw.vehicles),
        drivers=tuple(draw.drivers),
        declarations=declarations,
    )


class _Draw:
    """The random choices of one seed."""

    def __init__(self, rng: random.Random, now: datetime) -> None:
        self.rng = rng
        self.now = now
        self.vehicles: list[SeedVehicle] = []
        self.drivers: list[SeedDriver] = []
        self._plates: set[str] = set()

    def uuid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def declaration(self, firm: tuple[UUID, str, str, str], n: int) -> SeedDeclaration:
        rng, (firm_id, _, _, country) = self.rng, firm
        articulated = rng.random() < 0.6
        tractor = self._vehicle(firm_id, country, "tractor" if articulated else "truck", n)
        trailer = self._vehicle(firm_id, country, "trailer", n) if articulated else None
        cargo = rng.choice([c for c in CARGO if c[2] == country])
        status, clearances, shift = self._fate(n)
        begin = self.now + shift - timedelta(minutes=rng.randrange(20, 90))
        return SeedDeclaration(
            id=self.uuid(),
            number=self._number(country, n),
            firm=firm_id,
            direction="export" if country == "VN" else "import",
            status=status,
            tractor=tractor,
            trailer=trailer,
            driver=self._driver(firm_id, country),
            container=self._container() if articulated else "",
            seal=f"{rng.choice(('VN', 'HQ', 'CN'))}{rng.randrange(10**6, 10**7)}",
            cargo=cargo,
            gross_kg=cargo[3] + (14_500 if articulated else 6_200) + rng.randrange(-400, 400),
            clearances=clearances,
            un_number="UN1202" if n % 25 == 22 else "",
            lane=self._lane(country, n),
            window_from=begin,
            window_to=begin + timedelta(hours=rng.choice((12, 18, 24))),
        )

    def _fate(self, n: int) -> tuple[str, tuple[str, str, str, str], timedelta]:
        fate = n % 25
        soon, late = timedelta(0), timedelta(days=-3)
        if fate == 3:
            return "expired", ALL_PASSED, late
        if fate == 7:
            return "clearing", ("passed", "passed", "passed", "pending"), soon
        if fate == 11:
            return "clearing", ("pending", "passed", "not_needed", "passed"), soon
        if fate == 15:
            return "cancelled", ALL_PASSED, soon
        if fate == 19:
            return "clearing", ("failed", "passed", "passed", "passed"), soon
        return "cleared", ("passed", "passed", "not_needed", "passed"), soon

    def _number(self, country: str, n: int) -> str:
        """Vietnam: 12 digits (3.. export); China: 18 digits (district, year, direction, serial)."""
        if country == "VN":
            return f"30{self.now.year % 100:02d}{n:07d}0"
        return f"7201{self.now.year}1{n:09d}"

    def _vehicle(self, firm: UUID, country: str, kind: str, n: int) -> SeedVehicle:
        overdue = n % 50 == 23 and kind != "trailer"
        uninsured = n % 50 == 48 and kind != "trailer"
        until = self.now + timedelta(days=-9 if overdue else self.rng.randrange(60, 700))
        vehicle = SeedVehicle(
            id=self.uuid(), firm=firm, kind=kind, plate=self._plate(country, kind), country=country,
            permitted_kg=44_000 if kind == "tractor" else 34_000, permit_until=until,
            insurance_until=self.now + timedelta(days=-4 if uninsured else 200 + n % 160),
        )  # fmt: skip
        self.vehicles.append(vehicle)
        return vehicle

    def _lane(self, country: str, n: int) -> str:
        """A third have booked a lane of their direction; dangerous goods always have."""
        if n % 3 and n % 25 != 22:
            return ""
        lanes = ("lane-1", "lane-2") if country == "VN" else ("lane-3", "lane-4")
        return lanes[n // 3 % 2]

    def _plate(self, country: str, kind: str) -> str:
        while True:
            plate = self._vn_plate(kind) if country == "VN" else self._cn_plate(kind)
            if plate not in self._plates:
                self._plates.add(plate)
                return plate

    def _vn_plate(self, kind: str) -> str:
        series = "R" if kind == "trailer" else self.rng.choice("CCCCH")
        return f"{self.rng.choice(VN_TRUCK_PROVINCES)}{series}{self.rng.randrange(10_000, 99_999)}"

    def _cn_plate(self, kind: str) -> str:
        prefix = self.rng.choice(CN_PREFIXES)
        if kind == "trailer":
            return f"{prefix}{self.rng.randrange(1_000, 9_999)}挂"
        tail = [self.rng.choice(CN_DIGITS) for _ in range(5)]
        if self.rng.random() < 0.6:
            tail[self.rng.randrange(3)] = self.rng.choice(CN_LETTERS)
        return prefix + "".join(tail)

    def _driver(self, firm: UUID, country: str) -> SeedDriver:
        rng = self.rng
        if country == "VN":
            name = f"{rng.choice(VN_FAMILY)} {rng.choice(VN_MIDDLE)} {rng.choice(VN_GIVEN)}"
            kind, number = "identity_card", f"0220{rng.randrange(60, 99)}{rng.randrange(10**6):06d}"
        else:
            name = rng.choice(CN_FAMILY) + rng.choice(CN_GIVEN)
            kind, number = "passport", f"E{rng.randrange(10**8):08d}"
        born = date(1965, 1, 1) + timedelta(days=rng.randrange(13_000))
        driver = SeedDriver(
            id=self.uuid(), firm=firm, name=name,
            nationality="VNM" if country == "VN" else "CHN", document_kind=kind,
            document_number=number, birth_date=born,
            document_until=(self.now + timedelta(days=rng.randrange(90, 3000))).date(),
        )  # fmt: skip
        self.drivers.append(driver)
        return driver

    def _container(self) -> str:
        body = f"{self.rng.choice(OWNERS)}{self.rng.randrange(10**6):06d}"
        return f"{body}{check_digit(body)}"
