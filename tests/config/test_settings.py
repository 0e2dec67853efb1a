"""Settings and policy: from file and environment, bounded, and every problem at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.load import SettingsInvalid, load_settings
from config.policy_file import load_policy, policy_from, policy_hash
from config.policy_problems import PolicyInvalid
from gate.cli import main
from gate.commands.settings_page import PAGE, page


def test_without_anything_the_defaults_hold() -> None:
    settings = load_settings(environment={})

    assert settings.web.port == 8080
    assert settings.database.url.get_secret_value() == ""
    assert settings.data.name == "digital-border-gate"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "gate.toml"
    file.write_text('site = "hekou"\n[web]\nport = 9000\nhost = "0.0.0.0"\n')

    settings = load_settings(file, {"GATE_WEB__PORT": "9001", "GATE_DATA": str(tmp_path)})

    assert (settings.site, settings.web.port, settings.web.host) == ("hekou", 9001, "0.0.0.0")
    assert settings.data == tmp_path
    assert load_settings(file, {"GATE_PORT": "9002"}).web.port == 9002


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    file = tmp_path / "gate.toml"
    file.write_text('site = "Not A Name"\nfoo = 1\n[web]\nport = 99999\n[reading]\nworkers = "x"\n')
    env = {"GATE_NOTHING": "1", "GATE_BROKER__COLOUR": "red"}

    with pytest.raises(SettingsInvalid) as caught:
        load_settings(file, env)

    told = "\n".join(caught.value.problems)
    wanted = ("site", "foo", "web.port", "reading.workers", "GATE_NOTHING", "broker.colour")
    for name in wanted:
        assert name in told
    assert len(caught.value.problems) == len(wanted)


@pytest.mark.parametrize("text", ["port = [", "\x00"])
def test_a_file_that_is_no_toml_is_said_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(text)

    with pytest.raises(SettingsInvalid, match="not TOML"):
        load_settings(file, {})


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="no such file"):
        load_settings(tmp_path / "none.toml", {})


def test_secrets_are_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "gate.toml"
    file.write_text('[database]\nurl = "postgresql://gate:hush@db/gate"\n')

    assert main(["check-config", "--config", str(file), "--show"]) == 0
    assert "hush" not in capsys.readouterr().out


def test_check_config_lists_problems_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gate.toml"
    file.write_text("[web]\nport = -1\n[broker]\nport = -2\n")

    with pytest.raises(SystemExit) as ended:
        main(["check-config", "--config", str(file)])

    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "web.port" in said
    assert "broker.port" in said


def test_the_shipped_policy_has_one_hash() -> None:
    assert policy_hash(load_policy()) == policy_hash(load_policy())


def test_a_changed_policy_has_another_hash() -> None:
    assert policy_hash(policy_from({"sources_needed": 3})) != policy_hash(load_policy())


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"release_mim": 0.9}, "unknown key"),
        ({"plate_min": 1.5}, "between 0 and 1"),
        ({"plate_min": "high"}, "plate_min"),
        ({"deadlines": {"reading_ms": 0}}, "positive"),
        ({"sources_needed": 0}, "at least 1"),
    ],
)
def test_a_policy_with_a_problem_is_refused(values: dict[str, object], problem: str) -> None:
    with pytest.raises(PolicyInvalid, match=problem):
        policy_from(values)


def test_the_page_about_settings_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_setting_says_what_it_means() -> None:
    silent = [line for line in page().splitlines() if line.endswith("|  |")]

    assert silent == []
