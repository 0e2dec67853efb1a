"""The deciding core's figures beside their limits, for ``make bench``: about ten minutes."""

from __future__ import annotations

from typing import Any

from bench.core.matching import matching
from bench.core.scoring import scoring
from bench.core.simulate import Report, simulate
from bench.report import Figure

TRANSITS, TRUCKS, DECLARED = 100_000, 10_000, 1_000_000
SEED = "gate"


async def run() -> list[Figure]:
    """100,000 simulated transits, 10,000 trucks against 1,000,000 declarations, and scoring."""
    return [
        *_simulated(simulate(TRANSITS, SEED)),
        *_matched(matching(TRUCKS, DECLARED, SEED)),
        *_scored(scoring()),
    ]


def _simulated(report: Report) -> list[Figure]:
    counts = {
        "wrong releases": len(report.wrong), "transits lost": len(report.lost),
        "double openings": len(report.double), "openings without decision": len(report.unasked),
        "tailgaters not alarmed": report.tailgates[False],
    }  # fmt: skip
    calm = report.honest
    return [
        *(
            Figure(what=f"{what} in {report.transits:,} simulated transits", value=n, limit=0,
                   unit="")
            for what, n in counts.items()
        ),
        Figure(what="honest trucks that needed an officer, nothing broken",
               value=100 * calm[False] / calm.total(), limit=2, unit="%"),
    ]  # fmt: skip


def _matched(found: dict[str, Any]) -> list[Figure]:
    wrong = 1000 * (1 - found["of_these_right"])
    what = f"wrong among {found['given_999_per_mille']:,} matches given 99.9 %"
    return [Figure(what=what, value=wrong, limit=2, unit="‰")]


def _scored(found: dict[str, Any]) -> list[Figure]:
    what = f"scoring {found['candidates']} candidates, {found['looks']} looks, p50"
    return [Figure(what=what, value=found["p50_ms"], limit=1, unit="ms")]
