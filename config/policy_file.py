"""Reads a policy from TOML and names it by the hash of its canonical form."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.policy import LaneDeadlines, Policy

SHIPPED = Path(__file__).parent / "policies" / "default.toml"
_ADAPTER = TypeAdapter(Policy)


class PolicyInvalid(ValueError):
    """The policy file can't be used; the text lists every problem."""


def load_policy(path: Path | None = None) -> Policy:
    """Read and check a policy file (default: the shipped one).

    Raises:
        PolicyInvalid: missing file, not TOML, unknown key, wrong type or out of bounds.
    """
    source = path or SHIPPED
    try:
        values = tomllib.loads(source.read_text("utf-8"))
    except OSError as error:
        raise PolicyInvalid(f"{source}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyInvalid(f"{source}: not TOML: {error}") from error
    return policy_from(values)


def policy_from(values: dict[str, Any]) -> Policy:
    """Check plain values and make the policy of them; raises ``PolicyInvalid``."""
    problems = _unknown(values)
    try:
        policy = _ADAPTER.validate_python(values)
    except ValidationError as error:
        problems += [f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors()]
        raise PolicyInvalid("; ".join(problems)) from None
    problems += _out_of_bounds(policy)
    if problems:
        raise PolicyInvalid("; ".join(problems))
    return policy


def canonical_policy(policy: Policy) -> str:
    """The policy as canonical JSON: what is stored and hashed."""
    plain = _ADAPTER.dump_python(policy, mode="json")
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def policy_hash(policy: Policy) -> str:
    """SHA-256 (hex) of the canonical form."""
    return hashlib.sha256(canonical_policy(policy).encode()).hexdigest()


def _unknown(values: dict[str, Any]) -> list[str]:
    known = set(Policy.__dataclass_fields__)
    found = [f"{key}: unknown key" for key in values if key not in known]
    inner = values.get("deadlines")
    if isinstance(inner, dict):
        allowed = set(LaneDeadlines.__dataclass_fields__)
        found += [f"deadlines.{key}: unknown key" for key in inner if key not in allowed]
    return found


def _out_of_bounds(policy: Policy) -> list[str]:
    shares = ("plate_min", "character_min", "release_min", "margin_min", "undeclared_share")
    found = [
        f"{name}: must lie between 0 and 1" for name in shares if not 0 < getattr(policy, name) < 1
    ]
    counts = ("looks_needed", "open_declarations")
    found += [f"{name}: must be at least 1" for name in counts if getattr(policy, name) < 1]
    return found + [
        f"deadlines.{name}: must be positive"
        for name in LaneDeadlines.__dataclass_fields__
        if getattr(policy.deadlines, name) <= 0
    ]
