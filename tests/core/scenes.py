"""Trucks for the record of decisions: one scene a rule, and the edges of matching."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from schemas.declarations import Clearance, DeclarationStatus, Direction
from schemas.policy import Clones, Costs, Dangerous, Inspection, Policy
from schemas.transit import (
    DecisionInputs,
    SeenDocument,
    SeenPass,
    SeenPlate,
    SeenWeight,
    Sighting,
)
from schemas.watchlist import WatchHit, WatchKind
from tests.core.builders import BOTH, NOW, PASSED, declaration, inputs, look, seen

Scene = tuple[DecisionInputs, Policy]
PLAIN = Policy()
PASSPORT = SeenDocument(kind="border_pass", number="001", until=NOW.date())
RIGID = declaration(trailer_plate="", containers=())


def doubted(text: str, at: int, char: str, other: float, role: str = "front") -> SeenPlate:
    """A look whose character ``at`` may be another with that probability."""
    plain = look(text, role)
    own = ((text[at], 1 - other), (char, other))
    return replace(plain, characters=(*plain.characters[:at], own, *plain.characters[at + 1 :]))


def scenes() -> dict[str, Scene]:
    """Every scene by name."""
    return {**_identity(), **_declared(), **_driver(), **_vehicle(), **_security(), **_evidence()}


def _identity() -> dict[str, Scene]:
    fleet = tuple(
        declaration(n, tractor_plate=f"14C{12340 + n:05d}", trailer_plate=f"14R{1230 + n:05d}")
        for n in range(1, 9)
    )
    eight = doubted("14C12345", 5, "8", 0.3)
    mate = declaration(2, tractor_plate="14C12845")
    chinese = declaration(3, tractor_plate="桂F12345", trailer_plate="桂F1234挂")
    odd = replace(look("14C12345"), characters=())
    return {
        "as declared": (inputs(), PLAIN),
        "all evidence": (
            inputs(
                seen(containers=("CSQU3054383",), documents=(PASSPORT,),
                     gate_pass=SeenPass(declaration="302600000001", plate="14C12345")),
                declaration(driver_document="001"),
            ), PLAIN),
        "fleet": (inputs(seen(look("14C12345"), look("14R01235", "rear")), *fleet), PLAIN),
        "fleet, one digit wrong": (
            inputs(seen(look("14C12349"), look("14R01235", "rear")), *fleet), PLAIN),
        "fleet, trailer of another": (
            inputs(seen(look("14C12345"), look("14R01236", "rear")), *fleet), PLAIN),
        "doubtful digit": (inputs(seen(eight, BOTH[1]), declaration(), mate), PLAIN),
        "doubtful digit, cheap mistakes": (
            inputs(seen(eight, BOTH[1]), declaration(), mate),
            Policy(costs=Costs(wrong_release=2.0))),
        "unsure character": (inputs(seen(doubted("14C12345", 5, "8", 0.45), BOTH[1])), PLAIN),
        "three frames, one wrong": (
            inputs(seen(look(), look(n=2), look("14C12846", n=3, sure=0.6), BOTH[1])), PLAIN),
        "no posterior": (inputs(seen(odd, BOTH[1])), PLAIN),
        "lost character": (inputs(seen(look("14C1235"), BOTH[1])), PLAIN),
        "added character": (inputs(seen(look("14C123345"), BOTH[1])), PLAIN),
        "chinese": (inputs(seen(look("桂F12345"), look("桂F1234挂", "rear")), chinese), PLAIN),
        "chinese without its province": (
            inputs(seen(look("F12345"), look("桂F1234挂", "rear")), chinese), PLAIN),
        "neighbour of a declared plate": (
            inputs(seen(look("14C12346"), look("14C12346", "rear")), RIGID), PLAIN),
        "stranger": (inputs(seen(look("99H88877"), look("99R55544", "rear"))), PLAIN),
        "stranger with a declared trailer": (inputs(seen(look("99H88877"), BOTH[1])), PLAIN),
        "stranger with a pass": (
            inputs(seen(look("99H88877"), look("99R55544", "rear"),
                        gate_pass=SeenPass(declaration="302600000001", plate="14C12345"))), PLAIN),
        "only a side view": (inputs(seen(look(role="side"), BOTH[1])), PLAIN),
        "nothing read": (
            inputs(replace(seen(), plates=(), unread=((UUID(int=9), "no_plate"),))), PLAIN),
        "only papers": (
            inputs(replace(seen(containers=("CSQU3054383",)), plates=())), PLAIN),
        "rear only": (inputs(seen(BOTH[1])), PLAIN),
        "front only": (inputs(seen(look())), PLAIN),
        "front only, one camera": (
            inputs(seen(look())), Policy(roles=("front",), sources_needed=1)),
        "rigid": (inputs(seen(look(), look(role="rear")), RIGID), PLAIN),
        "rigid, plates trusted": (
            inputs(seen(look(), look(role="rear")), RIGID), Policy(same_plate_once=False)),
        "rigid, ends differ": (inputs(seen(look(), look("29H55555", "rear")), RIGID), PLAIN),
        "below the limit": (inputs(seen(look(sure=0.4), look("14R01234", "rear", 0.4))), PLAIN),
        "readers disagree": (
            inputs(seen(*BOTH, replace(look("14C12346"), engine="second"))), PLAIN),
        "typed": (inputs(seen(look("14C12846", sure=0.5), BOTH[1], corrected_plate="14C12345")),
                  PLAIN),
        "two declarations": (inputs(None, declaration(1), declaration(2)), PLAIN),
        "three sources wanted": (inputs(), Policy(sources_needed=3)),
    }  # fmt: skip


def _declared() -> dict[str, Scene]:
    made: dict[str, Scene] = {
        f"status {status}": (inputs(None, declaration(status=status)), PLAIN)
        for status in DeclarationStatus
    }
    for part in ("customs", "border_guard", "quarantine", "fee"):
        for word in (Clearance.PENDING, Clearance.FAILED, Clearance.NOT_NEEDED):
            said = replace(PASSED, **{part: word})
            made[f"{part} {word}"] = (inputs(None, declaration(clearances=said)), PLAIN)
    made["other gate"] = (inputs(None, declaration(gate="hekou")), PLAIN)
    made["other direction"] = (inputs(None, declaration(direction=Direction.IMPORT)), PLAIN)
    made["booked elsewhere"] = (inputs(None, declaration(lane="lane-2"), declaration(2)), PLAIN)
    for minutes in (-181, -179, 539, 541):
        at = NOW + timedelta(minutes=minutes)
        made[f"{minutes} minutes on"] = (inputs(_at(at), now=at), PLAIN)
    return made


def _at(now):  # type: ignore[no-untyped-def]
    return seen(oldest_capture_at=now, newest_capture_at=now)


def _driver() -> dict[str, Scene]:
    named = declaration(driver="Nguyễn Văn A", driver_document="001")
    papers = {
        "right": PASSPORT,
        "other": replace(PASSPORT, number="002"),
        "expired": replace(PASSPORT, until=NOW.date() - timedelta(days=1)),
        "unreadable": replace(PASSPORT, problem="unreadable"),
        "checkdigit": replace(PASSPORT, problem="checkdigit"),
    }
    made: dict[str, Scene] = {
        f"document {name}": (inputs(seen(documents=(paper,)), named), PLAIN)
        for name, paper in papers.items()
    }
    over = replace(named, driver_document_until=NOW.date() - timedelta(days=1))
    made["declared document expired"] = (inputs(None, over), PLAIN)
    made["document wanted"] = (inputs(None, named), Policy(require=("document",)))
    made["driver not named"] = (
        inputs(seen(documents=(replace(PASSPORT, number="002"),)),
               replace(named, driver="")), PLAIN)  # fmt: skip
    return made


def _vehicle() -> dict[str, Scene]:
    heavy = declaration(gross_kg=30_000, permitted_kg=44_000, seals=("VN1", "VN2"))
    made: dict[str, Scene] = {
        f"{kg} kg": (inputs(seen(weight=SeenWeight(gross_kg=kg)), heavy), PLAIN)
        for kg in (29_099, 30_900, 30_901, 44_001)
    }
    for name, seals in {"right": ("VN1", "VN2"), "missing": ("VN1",), "none": (),
                        "foreign": ("VN1", "VN9")}.items():  # fmt: skip
        made[f"seals {name}"] = (inputs(seen(seals=seals), heavy), PLAIN)
    made["seals foreign, none declared"] = (inputs(seen(seals=("VN9",))), PLAIN)
    restless = SeenWeight(gross_kg=1, stable=False)
    made["unstable"] = (inputs(seen(weight=restless), heavy), PLAIN)
    wanted = Policy(require=("weight", "seal", "container", "pass"))
    made["all wanted"] = (inputs(None, heavy), wanted)
    diesel = declaration(un_number="UN1202")
    lanes = Policy(dangerous=Dangerous(lanes=(("UN1202", ("lane-8", "lane-9")),)))
    made["diesel"] = (inputs(None, diesel), PLAIN)
    made["diesel at another lane"] = (inputs(None, diesel), lanes)
    ended = NOW - timedelta(days=3)
    old = declaration(permit_until=ended, insurance_until=ended)
    made["papers over"] = (inputs(None, old), PLAIN)
    made["return overdue"] = (inputs(seen(return_overdue=True)), PLAIN)
    foreign = seen(containers=("MSKU6011672", "CSQU3054333"))
    made["foreign containers"] = (inputs(foreign), PLAIN)
    made["container not declared at all"] = (inputs(foreign, RIGID), PLAIN)
    return made


def _security() -> dict[str, Scene]:
    hits = tuple(
        WatchHit(entry=UUID(int=n), kind=kind, value=value, reason="wanted")
        for n, (kind, value) in enumerate(
            ((WatchKind.PLATE, "14C12345"), (WatchKind.PERSON, "001"),
             (WatchKind.FIRM, str(UUID(int=1000))), (WatchKind.CONTAINER, "CSQU3054383"))
        )
    )  # fmt: skip
    here = Sighting(
        transit=UUID(int=77), lane="lane-2", gate="mong-cai", direction=Direction.EXPORT,
        came_at=NOW - timedelta(minutes=9), left_at=NOW - timedelta(seconds=30), departed=True,
    )  # fmt: skip
    there = replace(here, gate="hekou", left_at=NOW - timedelta(hours=1))
    clones = Policy(clones=Clones(distances=(("mong-cai", "hekou", 400.0),), paired=True))
    good = SeenPass(declaration="302600000001", plate="14C12345")
    return {
        "watched": (inputs(seen(hits=hits), declaration(driver_document="001")), PLAIN),
        "open elsewhere": (inputs(seen(sightings=(replace(here, left_at=None),))), PLAIN),
        "passed a moment ago": (inputs(seen(sightings=(here,))), PLAIN),
        "too fast": (inputs(seen(sightings=(there,))), clones),
        "not come back": (
            inputs(seen(sightings=(replace(here, left_at=NOW - timedelta(hours=9)),))), clones),
        "already inside": (inputs(seen(already_inside=True)), PLAIN),
        "other driver and load": (
            inputs(seen(containers=("MSKU6011672",), documents=(replace(PASSPORT, number="9"),)),
                   declaration(driver_document="001")), PLAIN),
        "pass of another": (inputs(seen(gate_pass=replace(good, declaration="x"))), PLAIN),
        "pass of another truck": (
            inputs(seen(gate_pass=replace(good, problem="other_truck"))), PLAIN),
        "pass forged": (inputs(seen(gate_pass=replace(good, problem="forged"))), PLAIN),
        "inspection owed": (
            inputs(seen(sightings=(replace(here, departed=False, inspection="owed"),))), PLAIN),
        "drawn": (inputs(), Policy(inspection=Inspection(rate=0.999999, seed="s"))),
    }  # fmt: skip


def _evidence() -> dict[str, Scene]:
    made = {
        "closed": seen(lane_mode="closed"),
        "by hand": seen(lane_mode="manual"),
        "not called": seen(not_called=True),
        "clock": seen(clock_untrusted=("cam-front", "cam-rear")),
        "degraded": seen(degraded=("reader", "scale")),
        "late": seen(oldest_capture_at=NOW - timedelta(seconds=31)),
        "just in time": seen(oldest_capture_at=NOW - timedelta(seconds=30)),
    }
    found: dict[str, Scene] = {name: (inputs(what), PLAIN) for name, what in made.items()}
    found["two persons"] = (inputs(made["by hand"]), Policy(second_for=("LANE_MANUAL",)))
    return found
