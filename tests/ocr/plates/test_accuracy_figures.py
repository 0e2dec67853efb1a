"""The figures of `make accuracy` mean what their names say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.accuracy.pictures import is_dev, photographs
from bench.accuracy.report import write_report
from bench.accuracy.score import Result, calibration_error, distance, figures

WORDS = st.text("014ABC", max_size=9)


def result(truth: str, text: str, confidence: float = 0.9, **more: object) -> Result:
    """One reading of one picture."""
    values = {
        "set_name": "plate_test",
        "name": "x.jpg",
        "dev": False,
        "others": (),
        "ms": 10.0,
    } | more
    return Result(truth=truth, text=text, confidence=confidence, **values)  # type: ignore[arg-type]


@given(WORDS, WORDS)
def test_distance_is_symmetric_and_zero_only_for_equals(a: str, b: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= distance(a, b) <= max(len(a), len(b))


@given(WORDS, WORDS, WORDS)
def test_distance_obeys_the_triangle(a: str, b: str, c: str) -> None:
    assert distance(a, c) <= distance(a, b) + distance(b, c)


def test_figures_count_exact_found_errors_and_sure_reads() -> None:
    f = figures(
        [
            result("14C12345", "14C12345", 0.995, located=True),
            result("14C12345", "14C12346", 0.992, located=True),
            result("14C12345", "", 0.0, located=False),
            result("", "", 0.0),
        ]
    )

    assert f.pictures == 4
    assert f.exact == 0.5
    assert f.found == 0.5
    assert f.recall == pytest.approx(2 / 3)
    assert f.character_errors == pytest.approx(9 / 25)
    assert (f.sure, f.sure_right) == (2, 1)


def test_false_read_on_a_plate_free_picture_counts_against_it() -> None:
    assert figures([result("", "14C12345"), result("", "")]).exact == 0.5


def test_calibration_error_is_the_gap_between_said_and_true() -> None:
    honest = [result("A", "A", 0.5), result("A", "B", 0.5)]
    boastful = [result("A", "A", 1.0), result("A", "B", 1.0)]

    assert calibration_error(honest) == pytest.approx(0.0)
    assert calibration_error(boastful) == pytest.approx(0.5)


def test_one_in_five_pictures_is_for_tuning() -> None:
    share = sum(is_dev(f"set/{i}.jpg") for i in range(5000)) / 5000

    assert share == pytest.approx(0.2, abs=0.02)


def test_folder_that_is_not_there_gives_no_photographs(tmp_path: Path) -> None:
    assert list(photographs(tmp_path / "none")) == []


def test_report_names_each_reader_and_set(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "accuracy.md"

    write_report(path, {"cascade": [result("A", "A")], "ppocrv6": [result("A", "B", ms=120.0)]})

    text = path.read_text(encoding="utf-8")
    assert "## plate_test" in text
    assert "1/12.0" in text
    assert "cascade" in text


def test_command_measures_the_drawn_set_without_the_photographs(tmp_path: Path) -> None:
    words = ["--data", str(tmp_path), "--engines", "own", "--limit", "2"]

    run = subprocess.run(
        [sys.executable, "-m", "bench.accuracy", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[3],
    )

    assert "no photographs at" in run.stdout
    assert "drawn-VN" in run.stdout


def test_notes_written_by_hand_outlive_a_new_report(tmp_path: Path) -> None:
    report = tmp_path / "accuracy.md"
    write_report(report, {"own": [result("14C12345", "14C12345")]})
    report.write_text(report.read_text() + "\n## Notes on this run\n\nBy hand.\n")
    write_report(report, {"own": [result("14C12345", "14C12346")]})
    write_report(report, {"own": [result("14C12345", "")]})

    assert report.read_text().endswith("|\n\n## Notes on this run\n\nBy hand.\n")
    assert report.read_text().count("## Notes") == 1
