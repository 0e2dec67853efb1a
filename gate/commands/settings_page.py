"""Makes docs/settings.md from the settings: ``python -m gate.commands.settings_page``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from config.settings import Settings

PAGE = Path(__file__).parent.parent.parent / "docs" / "settings.md"
_HEAD = """\
# What can be set
In a TOML file (`config/gate.toml`, or `--config`, or `GATE_CONFIG`), or in the environment
as `GATE_SECTION__FIELD` (short forms: `GATE_PORT`, `GATE_DATA`). An unknown key is an error;
`gate check-config` lists every problem at once.
This page is made from `config/settings.py`; a test keeps it so.

| setting | default | bounds | meaning |
|---|---|---|---|
"""


def page() -> str:
    """The page's text."""
    return _HEAD + "".join(_rows(Settings, ""))


def _rows(section: type[BaseModel], prefix: str) -> list[str]:
    rows = []
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            rows += _rows(kind, f"{prefix}{name}.")
            continue
        default = "" if field.default is PydanticUndefined else _show(field.default)
        bounds = ", ".join(_bound(m) for m in field.metadata if _bound(m))
        rows.append(f"| `{prefix}{name}` | {default} | {bounds} | {field.description or ''} |\n")
    return rows


def _show(value: Any) -> str:
    text = str(value)
    return "empty" if text in ("", "None") else f"`{text}`"


def _bound(constraint: Any) -> str:
    for attribute, sign in (("ge", "≥"), ("le", "≤"), ("min_length", "length ≥"),
                            ("max_length", "length ≤"), ("pattern", "like")):  # fmt: skip
        found = getattr(constraint, attribute, None)
        if found is not None:
            return f"{sign} {found}"
    return ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
