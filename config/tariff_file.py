"""Reads the tariff of fees from TOML."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from schemas.tariff import Tariff

SHIPPED = Path(__file__).parent / "tariffs" / "default.toml"
_ADAPTER = TypeAdapter(Tariff)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class TariffInvalid(ValueError):
    """The tariff file can't be used; the text lists every problem."""


def load_tariff(path: Path | None = None) -> Tariff:
    """Read and check a tariff file (default: the shipped example); raises ``TariffInvalid``."""
    source = path or SHIPPED
    try:
        values = tomllib.loads(source.read_text("utf-8"))
        tariff = _ADAPTER.validate_python(values, extra="forbid")
    except OSError as error:
        raise TariffInvalid(f"{source}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise TariffInvalid(f"{source}: not TOML: {error}") from error
    except ValidationError as error:
        found = [f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors()]
        raise TariffInvalid(f"{source}: {'; '.join(found)}") from None
    problems = [f"{n.code!r} is no code" for n in tariff.lines if not _CODE.fullmatch(n.code)]
    problems += [f"{n.code}: no amount below 0" for n in tariff.lines if n.amount < 0]
    if re.fullmatch(r"[A-Z]{3}", tariff.currency) is None:
        problems.append(f"{tariff.currency!r} is no currency code")
    if problems:
        raise TariffInvalid(f"{source}: {'; '.join(problems)}")
    return tariff
