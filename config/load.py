"""Reads the settings: defaults, then the file, then the environment; every error at once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import ValidationError

from config.settings import Settings

PREFIX = "GATE_"
SHORT = {"GATE_PORT": ("web", "port"), "GATE_DATA": ("data",)}
"""Two names that people set by hand, beside the regular ``GATE_SECTION__FIELD``."""
NOT_SETTINGS = frozenset({"GATE_CONFIG", "GATE_DEVICE_KEY", "GATE_BROKER_PASSWORD"})
"""Variables of other parts of the product that share the prefix."""
DEFAULT_FILE = Path("config/gate.toml")


class SettingsInvalid(ValueError):
    """The settings can't be used; ``problems`` lists every one, each with its key."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("the settings can't be used:\n" + "\n".join(f"  - {p}" for p in problems))
        self.problems = problems


def load_settings(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Read and check the settings.

    Args:
        file: a TOML file; else ``GATE_CONFIG``, else ``config/gate.toml`` if it exists.
        environment: ``GATE_SECTION__FIELD=value`` overrides the file (default: the process's).
        overrides: top-level values that win over all, for commands with options of their own.

    Raises:
        SettingsInvalid: with every problem found.
    """
    env = os.environ if environment is None else environment
    path = file or (Path(env["GATE_CONFIG"]) if env.get("GATE_CONFIG") else None)
    problems: list[str] = []
    values: dict[str, Any] = {"data": str(default_data())}
    if path is not None or DEFAULT_FILE.is_file():
        _merge(values, _read(path or DEFAULT_FILE, problems))
    _merge(values, _from_environment(env, problems))
    _merge(values, dict(overrides or {}))
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems += [_explain(e) for e in error.errors()]
        raise SettingsInvalid(tuple(problems)) from None
    if problems:
        raise SettingsInvalid(tuple(problems))
    return settings


def default_data() -> Path:
    """The user's data folder for this product."""
    return Path(platformdirs.user_data_path("digital-border-gate"))


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as source:
            return tomllib.load(source)
    except FileNotFoundError:
        problems.append(f"{path}: no such file")
    except OSError as error:
        problems.append(f"{path}: {error.strerror}")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path}: not TOML: {error}")
    return {}


def _from_environment(env: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in sorted(env.items()):
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        keys = SHORT.get(name) or tuple(name.removeprefix(PREFIX).lower().split("__"))
        if name not in SHORT and len(keys) == 1 and keys[0] not in Settings.model_fields:
            problems.append(f"{name}: no such setting (sections are joined with two underscores)")
            continue
        branch = found
        for key in keys[:-1]:
            branch = branch.setdefault(key, {})
        branch[keys[-1]] = text
    return found


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _explain(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "settings"
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown setting"
    return f"{where}: {error['msg'].lower()} (got {error['input']!r:.80})"
