"""``gate read``: one line a file, models loaded once, truthful exit status."""

import argparse
import json
from pathlib import Path

import pytest
from drawn_plates import WHITE, as_jpeg, draw_plate, street

from gate.commands import read


def run(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="gate")
    read.add_parser(parser.add_subparsers(required=True))
    return read.run(parser.parse_args(["read", *words]))


@pytest.fixture
def plate_file(tmp_path: Path) -> Path:
    file = tmp_path / "front.jpg"
    file.write_bytes(as_jpeg(street(draw_plate(["14C-123.45"], WHITE, (0, 0, 0)))))
    return file


def test_json_gives_an_object_a_line_with_the_path_as_given(
    plate_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plate_file.parent)
    assert run("plate", "--json", "front.jpg", "./front.jpg") == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["file"], second["file"]) == ("front.jpg", "./front.jpg")
    best = first["readings"][0]
    assert best["text"] == "14C12345"
    assert 0.5 < best["confidence"] <= 1
    assert [type(n) for n in best["box"]] == [int] * 4
    assert first["ms"] > 0


def test_a_bad_file_is_reported_the_others_are_read_and_the_status_is_1(
    plate_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "cut.jpg").write_bytes(plate_file.read_bytes()[:5000])
    files = [str(tmp_path / n) for n in ("bad.pdf", "cut.jpg", "none.jpg", ".", "front.jpg")]
    assert run("plate", "--json", *files) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == files
    codes = [line["error"]["code"] for line in lines[:4]]
    assert codes == ["unsupported", "undecodable", "unreadable_file", "unreadable_file"]
    assert all(line["readings"] == [] and "message" in line["error"] for line in lines[:4])
    assert lines[4]["readings"][0]["text"] == "14C12345"


def test_finding_nothing_is_an_answer_not_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "empty.jpg"
    file.write_bytes(as_jpeg(street(draw_plate([" "], WHITE, (0, 0, 0)))))
    assert run("plate", "--json", str(file)) == 0
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert line["readings"] == []
    assert line["failure"]["code"] == "no_plate"


def test_file_names_with_control_characters_or_broken_bytes_reach_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a\x1b[31m\udcff.jpg"
    assert run("plate", str(tmp_path / name)) == 1
    assert run("plate", "--json", str(tmp_path / name)) == 1
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert json.loads(shown.splitlines()[-1])["file"].endswith(name)


def test_wrong_usage_ends_with_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["cats", "a.jpg"], ["plate"]):
        with pytest.raises(SystemExit) as left:
            run(*words)
        assert left.value.code == 2
    assert run("plate", "--engine", "magic", "a.jpg") == 2
    assert "no engine 'magic'" in capsys.readouterr().err
