"""The options that every command with settings has, and the settings they give."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from config.load import SettingsInvalid, load_settings
from config.settings import Settings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--config`` and ``--data``."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings (TOML)")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="folder of all state")


def settings_from(args: argparse.Namespace, **overrides: Any) -> Settings:
    """The settings; prints every problem and ends the program with status 2 where there is one."""
    if args.data is not None:
        overrides["data"] = str(args.data)
    try:
        return load_settings(args.config, overrides=overrides)
    except SettingsInvalid as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
