"""Trucks and faults against the pure core: what opens for whom, what waits, what gets lost.

The lane's steps, matching, rules and the barrier's own machine are the product's; the world
round them is ``world``. Traffic: honest declared trucks, trucks that nobody declared (half of
them one digit from a declared plate), swapped trailers, cloned plates, unpaid fees, overweight
trucks, other seals. In a quarter of the visits something breaks (``faults``). The lane has a
scale, a seal reader and a kiosk for documents; its policy is the shipped default, unchanged.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from uuid import UUID

from bench.core import fleet
from bench.core.looks import Reader
from bench.core.traffic import FAULTS, Truck, Visit, draw
from bench.core.world import TICK_MS, World
from config.policy_file import load_policy
from gate.core.clues import clues_of
from gate.core.decide import decide
from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane.state import Phase
from gate.core.match import shortlist
from schemas.declarations import DeclarationStatus, Direction
from schemas.policy import Policy
from schemas.transit import DecisionInputs, Outcome, Seen, SeenPlate

FLEET_SIZE = 4_000
LONGEST_MS = 40 * 60_000
"""A visit that lasts longer than this has got stuck: its transit counts as lost."""


@dataclass
class Report:
    """What happened. ``wrong`` are releases by the machine for another truck's declaration or
    against the rules; ``cleared`` honest trucks that needed no officer.
    """

    transits: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    honest: Counter[bool] = field(default_factory=Counter)
    honest_with_faults: Counter[bool] = field(default_factory=Counter)
    by_fault: dict[str, Counter[bool]] = field(default_factory=dict)
    held: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    tailgates: Counter[bool] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, object]:
        """For printing as JSON."""
        return {
            "transits": self.transits, "wrong_releases": len(self.wrong),
            "lost_transits": len(self.lost), "double_openings": len(self.double),
            "openings_without_decision": len(self.unasked),
            "honest_without_officer": _share(self.honest),
            "honest_without_officer_when_something_broke": _share(self.honest_with_faults),
            "honest_without_officer_in_all": _share(self.honest + self.honest_with_faults),
            "honest_without_officer_by_fault": {
                fault: _share(counts) for fault, counts in sorted(self.by_fault.items())
            },
            "why_honest_trucks_were_held": dict(self.held.most_common(12)),
            "tailgates_alarmed": {"alarmed": self.tailgates[True], "missed": self.tailgates[False]},
            "kinds": dict(self.kinds), "faults": dict(self.faults), "ends": dict(self.ends),
            "examples": [*self.wrong[:5], *self.lost[:5], *self.double[:5]],
        }  # fmt: skip


def _share(counts: Counter[bool]) -> dict[str, float]:
    total = counts[True] + counts[False]
    return {"of": total, "share": round(counts[True] / max(1, total), 5)}


class Simulation:
    """Runs visits one after the other at one lane."""

    def __init__(self, seed: str, policy: Policy | None = None, faults: float = 0.25) -> None:
        self.faults = faults
        self.rng = Random(f"simulate {seed}")
        self.policy = policy or load_policy()
        self.report = Report()
        self.reader = Reader(self.rng)
        self.index = fleet.Index()
        self.trucks: list[Truck] = []
        self._files = 0
        self._fault_before = ""
        self.world = World(
            rng=self.rng, policy=self.policy, decide=self._decide, called=lambda: None,
            used=self._still_free,
        )  # fmt: skip
        for tractor, trailer in islice(fleet.plates(self.rng), FLEET_SIZE):
            self.trucks.append(Truck(kind="honest", tractor=tractor, trailer=trailer))
        self.filed = {truck.tractor for truck in self.trucks}
        for truck in self.trucks:
            self._file(truck)
        self.made: dict[UUID, tuple[bool, UUID | None, tuple[str, ...], Visit]] = {}
        self.visit: Visit | None = None
        self.world.presence(True)
        self.world.run()

    def run(self, visits: int) -> Report:
        """Let that many trucks come, one after the other."""
        for _ in range(visits):
            self._visit()
        return self.report

    def _file(self, truck: Truck) -> None:
        """A fresh declaration of an honest truck."""
        if truck.declaration is not None:
            self.index.remove(truck.declaration)
        self._files += 1
        row = fleet.declaration(
            self._files, truck.tractor, truck.trailer, self.world.at(), self.rng
        )
        truck.declaration, truck.containers = row.id, row.containers
        truck.driver, truck.seals = row.driver_document, row.seals
        truck.weight_kg = row.gross_kg
        self.index.add(row)

    def _visit(self) -> None:
        owner = self.rng.choice(self.trucks)
        assert owner.declaration is not None
        row = self.index.rows[owner.declaration]
        gone = row.status is not DeclarationStatus.CLEARED
        if gone or row.window_to < self.world.at():
            self._file(owner)
        truck = draw(self.rng, owner, self.filed)
        fault = self.rng.choice(FAULTS) if self.rng.random() < self.faults else ""
        visit = Visit(world=self.world, rng=self.rng, reader=self.reader, truck=truck, fault=fault)
        if truck.kind == "unpaid":
            self.index.unpaid(owner.declaration)
        self.visit = visit
        before = (len(self.world.started), len(self.world.raised), len(self.world.alarms))
        self._play(visit)
        self._judge(visit, *before)
        self._fault_before = fault
        if truck.kind == "unpaid":
            self._file(owner)

    def _play(self, visit: Visit) -> None:
        world, began = self.world, self.world.now
        visit.arrive()
        while world.now - began < LONGEST_MS:
            world.run(TICK_MS)
            visit.drive()
            visit.help(self._officers_decision)
            if visit.over:
                return
        self.report.lost.append(f"{visit.truck.kind}, {visit.fault}: stuck in {world.lane.phase}")
        self._fresh_lane()

    def _fresh_lane(self) -> None:
        """After a stuck visit the next ones begin at a new lane."""
        self.world = World(
            rng=self.rng, policy=self.policy, decide=self._decide, called=lambda: None,
            used=self._still_free,
        )  # fmt: skip
        self.world.presence(True)
        self.world.run()

    def _judge(self, visit: Visit, started: int, raised: int, alarms: int) -> None:
        report, world, truck = self.report, self.world, visit.truck
        report.kinds[truck.kind] += 1
        report.faults[visit.fault or "none"] += 1
        new = world.started[started:]
        ends = Counter(transit for transit, _ in world.ended if transit in set(new))
        report.transits += len(new)
        for transit in new:
            if ends[transit] != 1:
                report.lost.append(f"{truck.kind}, {visit.fault}: ended {ends[transit]} times")
        if not new:
            report.lost.append(f"{truck.kind}, {visit.fault}: no transit at all")
        for _, how in world.ended[-len(new) :] if new else ():
            report.ends[how] += 1
        self._openings(visit, world.raised[raised:])
        if visit.fault == "tailgate" and visit.followed:
            report.tailgates["TAILGATING" in world.alarms[alarms:]] += 1
        world.ended.clear()
        world.started.clear()
        world.raised.clear()
        world.alarms.clear()
        self.made.clear()

    def _openings(self, visit: Visit, raised: list[UUID]) -> None:
        report, truck = self.report, visit.truck
        for decision, times in Counter(raised).items():
            if times > 1:
                report.double.append(f"{truck.kind}, {visit.fault}: {times} times")
            known = self.made.get(decision)
            if known is None:
                report.unasked.append(f"{truck.kind}, {visit.fault}")
                continue
            machine, declaration, codes, whose = known
            right = whose.truck.kind == "honest" and declaration == whose.truck.declaration
            if machine and not (right and whose is visit):
                report.wrong.append(
                    f"{truck.kind}, {visit.fault}: {truck} on {declaration} {codes}"
                )
        if truck.kind == "honest":
            machine = any(d in self.made and self.made[d][0] for d in raised)
            # What broke before (a barrier offline, a tailgater) may still hold this truck.
            broken = visit.fault or self._fault_before
            counts = report.honest_with_faults if broken else report.honest
            counts[machine] += 1
            if visit.fault:
                report.by_fault.setdefault(visit.fault, Counter())[machine] += 1
            if not machine and not broken:
                report.held[", ".join(visit.codes) or "no decision"] += 1

    def _decide(self, effect: fx.Decide) -> None:
        visit, world = self.visit, self.world
        assert visit is not None
        serial = effect.serial
        if visit.fault == "database away":
            failed = ev.DecisionFailed(at=world.at(), serial=serial, why="database away")
            world.later(200, lambda: world.post(failed) and None)
            return
        delay = 6_000 if visit.fault == "slow database" else 15
        world.later(delay, lambda: self._answer(visit, effect, serial))

    def _answer(self, visit: Visit, effect: fx.Decide, serial: int) -> None:
        world = self.world
        seen = self._seen(visit, effect)
        found = self.index.find(clues_of(seen))
        inputs = DecisionInputs(
            seen=seen, declarations=shortlist(seen, found, self.policy, world.at()),
            now=world.at(), policy="simulated",
        )  # fmt: skip
        decision = decide(inputs, self.policy)
        named = world.fresh()
        codes = tuple(reason.code for reason in decision.reasons)
        visit.codes = codes
        self.made[named] = (True, decision.declaration, codes, visit)
        if visit.fault == "officer at the same instant" and world.lane.transit is not None:
            world.post(
                ev.OfficerActed(at=world.at(), officer="ha", action=ev.OfficerAction.HOLD,
                                transit=world.lane.transit)
            )  # fmt: skip
        world.post(
            ev.Decided(at=world.at(), serial=serial, decision=named, outcome=decision.outcome,
                       codes=codes)
        )  # fmt: skip

    def _seen(self, visit: Visit, effect: fx.Decide) -> Seen:
        looks: list[SeenPlate] = []
        for look in self.world.lane.looks:
            read = visit.read.get(look.capture)
            if look.done and read is not None:
                looks.append(read)
        return Seen(
            transit=effect.transit, lane="lane-1", gate=fleet.GATE, direction=Direction.EXPORT,
            plates=tuple(looks), containers=visit.containers, documents=visit.documents,
            weight=self.world.lane.weight, seals=self.world.lane.seals,
            oldest_capture_at=self.world.at(), newest_capture_at=self.world.at(),
        )  # fmt: skip

    def _officers_decision(self, visit: Visit) -> UUID:
        """An officer lets the truck pass, on its own declaration."""
        named = self.world.fresh()
        self.made[named] = (False, visit.truck.declaration, (), visit)
        return named

    def _still_free(self, event: ev.Event) -> bool:
        """What the step's transaction checks: a declaration is used once."""
        if not isinstance(event, ev.Decided) or event.outcome is not Outcome.RELEASE:
            return True
        lane = self.world.lane
        if event.serial != lane.serial or lane.phase is not Phase.DECIDING:
            return True
        declaration = self.made[event.decision][1]
        if declaration is None:
            return False
        free = self.index.rows[declaration].status is DeclarationStatus.CLEARED
        if free and lane.barrier.may_open and not lane.manual:
            self.index.set_status(declaration, DeclarationStatus.RELEASED)
        return free


def simulate(visits: int, seed: str, faults: float = 0.25) -> Report:
    """Simulate and report; ``faults`` is the share of visits in which something breaks."""
    return Simulation(seed, faults=faults).run(visits)
