"""What drives up to the simulated lane, and how it and its officer behave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from bench.core import fleet
from bench.core.looks import Reader
from bench.core.world import World
from devices import barrier_machine as bm
from gate.core.lane import events as ev
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Phase
from schemas.barrier_state import Arm
from schemas.transit import SeenDocument, SeenPlate

LOOKS = 4
"""Pictures of each camera."""
FAULTS = (
    "lost command", "late command", "lost answer", "repeated command", "barrier offline",
    "power loss", "stuck arm", "restart", "blind front", "blind rear", "late reading",
    "repeated capture", "loop chatter", "reverses out", "does not pass", "stands under the arm",
    "tailgate", "officer at the same instant", "database away", "slow database", "late officer",
)  # fmt: skip
KINDS = (
    ("honest", 0.896), ("stranger", 0.04), ("fleet mate", 0.04), ("other trailer", 0.014),
    ("clone", 0.002), ("unpaid", 0.004), ("overweight", 0.002), ("other seal", 0.002),
)  # fmt: skip
CONTAINER_READ, CONTAINER_WRONG = 0.97, 0.001
DOCUMENT_READ, DOCUMENT_BAD = 0.995, 0.002
"""The kiosk asks again until it has read a document, or the driver gives up."""


@dataclass
class Truck:
    """What is really there. ``declaration`` is its own, None where nobody declared it."""

    kind: str
    tractor: str
    trailer: str
    containers: tuple[str, ...] = ()
    driver: str = ""
    declaration: UUID | None = None
    weight_kg: int = 0
    seals: tuple[str, ...] = ()


def draw(rng: Random, owner: Truck, filed: set[str]) -> Truck:
    """A truck of some kind, made from a declared one."""
    kind = rng.choices([k for k, _ in KINDS], [share for _, share in KINDS])[0]
    if kind == "honest":
        return owner
    other = "9" * 11 + str(rng.randrange(10))
    load = (fleet.container(rng),) if owner.trailer else ()
    if kind in ("unpaid", "overweight", "other seal"):
        return _like(owner, kind)
    if kind == "clone":
        return Truck(kind, owner.tractor, owner.trailer, load, other)
    trailer = _other_trailer(rng, owner.trailer) if owner.trailer else ""
    if kind == "other trailer" and trailer:
        return Truck(kind, owner.tractor, trailer, owner.containers, owner.driver)
    tractor = owner.tractor
    while tractor in filed:
        if kind == "stranger":
            tractor = f"{rng.choice(fleet.PROVINCES)}C{rng.randrange(10**5):05d}"
        else:
            at = rng.randrange(len(tractor) - 5, len(tractor))
            tractor = tractor[:at] + rng.choice("0123456789") + tractor[at + 1 :]
    return Truck(kind, tractor, trailer, load, other)


def _like(owner: Truck, kind: str) -> Truck:
    """The declared truck itself, with one thing wrong."""
    weight, seals = owner.weight_kg, owner.seals
    if kind == "overweight":
        weight = round(weight * 1.6)
    if kind == "other seal":
        seals = ("HQ9999999",)
    return Truck(
        kind, owner.tractor, owner.trailer, owner.containers, owner.driver, weight_kg=weight,
        seals=seals,
    )  # fmt: skip


def _other_trailer(rng: Random, trailer: str) -> str:
    """Another trailer's plate of the same form."""
    digits = [at for at, char in enumerate(trailer) if char.isdigit() and at > 1]
    other = trailer
    while other == trailer:
        other = "".join(
            rng.choice("0123456789") if at in digits else c for at, c in enumerate(trailer)
        )
    return other


@dataclass
class Visit:
    """One truck at the lane, from its arrival until lane and arm are at rest again."""

    world: World
    rng: Random
    reader: Reader
    truck: Truck
    fault: str
    read: dict[UUID, SeenPlate | None] = field(default_factory=dict)
    containers: tuple[str, ...] = ()
    documents: tuple[SeenDocument, ...] = ()
    codes: tuple[str, ...] = ()
    at_entry: bool = False
    moving: bool = False
    gone: bool = False
    followed: bool = False
    _help_at: int = 0

    def arrive(self) -> None:
        """The truck drives onto the entry loop; cameras and kiosk see it."""
        world, rng = self.world, self.rng
        world.faults = {self.fault} if self.fault else set()
        self.at_entry = True
        world.loop(True)
        self._cameras()
        self._papers()
        self._measures()
        when = rng.randrange(200, 9_000)
        actions: dict[str, tuple[int, Callable[[], None]]] = {
            "restart": (when, world.restart),
            "power loss": (when, world.power_loss),
            "barrier offline": (when, lambda: world.presence(False)),
            "reverses out": (when, self._back_out),
        }
        if self.fault in actions:
            world.later(*actions[self.fault])
        if self.fault == "barrier offline":
            world.later(when + 20_000, lambda: world.presence(True))
        if self.fault == "loop chatter":
            for n in range(20):
                world.later(400 + 50 * n, lambda n=n: world.loop(bool(n % 2)))  # type: ignore[misc]

    @property
    def over(self) -> bool:
        """True where the truck is gone and lane, arm and loops are at rest."""
        lane = self.world.lane
        return (
            self.gone and lane.phase is Phase.IDLE and lane.transit is None
            and self.world.barrier.arm is Arm.CLOSED
        )  # fmt: skip

    def drive(self) -> None:
        """The truck drives on once the arm is up, and backs out once it is sent away."""
        world = self.world
        if self.gone or self.moving or not self.at_entry:
            return
        sent_away = world.ended and world.lane.transit is None
        if sent_away:
            self._back_out()
        elif world.body.angle >= 1.0:
            self.moving = True
            if self.fault == "does not pass" and not self.followed:
                self.followed = True
                world.later(33_000, self._stay)
                return
            self._pass()

    def help(self, decision: Callable[[Visit], UUID]) -> None:
        """The officer (and the technician) look after a while, as long as they are needed."""
        world, lane = self.world, self.world.lane
        needed = lane.phase in (Phase.WITH_OFFICER, Phase.FAULT)
        broken = world.barrier.arm in (Arm.FAULT, Arm.STOPPED, Arm.UNKNOWN)
        left_open = world.barrier.arm is Arm.OPEN and not world.barrier.auto_close
        if not (needed or broken or left_open):
            self._help_at = 0
            return
        if not self._help_at:
            late = 120_000 if self.fault == "late officer" else 0
            self._help_at = world.now + late + self.rng.randrange(4_000, 30_000)
        if world.now < self._help_at:
            return
        self._help_at = 0
        world.faults -= {"stuck arm", "lost command", "late command", "lost answer"}
        if broken or left_open:
            self._repair()
        lane = world.lane
        if lane.transit is None:
            return
        if lane.phase is Phase.FAULT:
            self._act(OfficerAction.RESET)
        elif self.at_entry and self.truck.kind == "honest":
            self._act(OfficerAction.RELEASE, decision(self))
        else:
            self._act(OfficerAction.REFER)

    def _act(self, action: OfficerAction, decision: UUID | None = None) -> None:
        transit = self.world.lane.transit
        assert transit is not None
        self.world.post(
            ev.OfficerActed(
                at=self.world.at(), officer="ha", action=action, transit=transit, decision=decision
            )
        )

    def _repair(self) -> None:
        """By the local key: the arm is driven down, then given back."""
        world = self.world
        world._barrier(bm.KeySwitch(local=True, drive=bm.Drive.DOWN))
        for _ in range(16):
            world.run()
        world._barrier(bm.KeySwitch(local=False))

    def _stay(self) -> None:
        self.moving = False

    def _back_out(self) -> None:
        if self.moving or not self.at_entry:
            return
        self.moving = True
        self.world.later(1_000, self._left)

    def _left(self) -> None:
        self.at_entry = False
        self.world.loop(False)
        self.gone = True

    def _pass(self) -> None:
        world, body = self.world, self.world.body
        stands = 70_000 if self.fault == "stands under the arm" else 0

        def put(safety: bool, exit_: bool) -> Callable[[], None]:
            def sense() -> None:
                body.safety, body.exit = safety, exit_

            return sense

        def leave() -> None:
            self.at_entry = False
            world.loop(False)

        world.later(500, put(True, False))
        world.later(1_000 + stands, leave)
        world.later(1_500 + stands, put(True, True))
        world.later(2_500 + stands, put(False, True))
        world.later(3_250 + stands, put(False, False))
        end = 3_300 + stands
        if self.fault == "tailgate":
            self.followed = True
            world.later(3_600, put(True, False))
            world.later(4_600, put(True, True))
            world.later(5_600, put(False, True))
            world.later(6_400, put(False, False))
            end = 6_500
        world.later(end, self._passed)

    def _passed(self) -> None:
        self.gone = True

    def _cameras(self) -> None:
        for role, plate in (
            ("front", self.truck.tractor), ("rear", self.truck.trailer or self.truck.tractor),
        ):  # fmt: skip
            if self.fault == f"blind {role}":
                continue
            looks = self.reader.looks(role, plate, LOOKS)
            for n in range(LOOKS):
                capture = self.world.fresh()
                look = looks[n] if n < len(looks) else None
                late = self.fault == "late reading" and role == "rear"
                self._picture(200 + 90 * n, capture, role, look, 11_000 if late else 350)

    def _picture(
        self, ms: int, capture: UUID, role: str, look: SeenPlate | None, reading_ms: int
    ) -> None:
        world = self.world
        self.read[capture] = look
        stored = 2 if self.fault == "repeated capture" else 1
        for n in range(stored):
            world.later(
                ms + 130 * n,
                lambda: (
                    world.post(ev.CaptureStored(at=world.at(), capture=capture, role=role)) and None
                ),
            )
            world.later(
                ms + 130 * n + reading_ms,
                lambda: world.post(
                    ev.CaptureRead(
                        at=world.at(), capture=capture, text=look.text if look else "",
                        confidence=look.confidence if look else 0.0,
                        failure="" if look else "no_plate",
                    )
                )
                and None,
            )  # fmt: skip

    def _measures(self) -> None:
        """The scale comes to rest, the seal reader tells once; both say it again as they do."""
        world, truck = self.world, self.truck
        kg = round(truck.weight_kg * self.rng.uniform(0.995, 1.005))

        def weigh(stable: bool) -> Callable[[], None]:
            return lambda: (
                world.post(
                    ev.Weighed(at=world.at(), device="scale", gross_kg=kg, stable=stable)
                )
                and None
            )  # fmt: skip

        seals = ev.SealsRead(at=world.at(), device="seals", seals=truck.seals)
        if kg:
            for ms, stable in ((150, False), (700, True), (2_700, True)):
                world.later(ms, weigh(stable))
        for ms in (300, 2_300):
            world.later(ms, lambda: world.post(seals) and None)

    def _papers(self) -> None:
        rng, truck = self.rng, self.truck
        if truck.containers and rng.random() < CONTAINER_READ:
            wrong = rng.random() < CONTAINER_WRONG
            self.containers = (fleet.container(rng),) if wrong else truck.containers
        if rng.random() < DOCUMENT_READ:
            bad = rng.random() < DOCUMENT_BAD
            self.documents = (
                SeenDocument(
                    kind="passport", number=truck.driver, problem="checkdigit" if bad else ""
                ),
            )
