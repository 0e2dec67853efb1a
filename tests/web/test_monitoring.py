"""The dashboard and the alert rules name only metrics that the service has."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gate.app.metrics import Metrics

DOCS = Path(__file__).parents[2] / "docs"
NAME = re.compile(r"\bgate_[a-z_]+")
SUFFIXES = ("_total", "_bucket", "_count", "_sum")


def known() -> set[str]:
    """Names of all metrics, as queries spell them."""
    families = [family.name for family in Metrics().registry.collect()]
    return {name + suffix for name in families for suffix in ("", *SUFFIXES)}


def test_the_dashboard_asks_for_metrics_that_exist() -> None:
    board = json.loads((DOCS / "grafana" / "gate.json").read_text("utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in NAME.findall(target["expr"])
    }
    assert len(asked) > 12
    assert asked <= known()
    places = [panel["gridPos"] for panel in board["panels"]]
    assert all(place["x"] + place["w"] <= 24 for place in places)


def test_the_page_about_monitoring_names_metrics_that_exist() -> None:
    text = (DOCS / "monitoring.md").read_text("utf-8")
    assert set(NAME.findall(text)) <= known()
