"""Reads a policy from TOML and names it by the hash of its canonical form."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.capture import CameraRole
from schemas.policy import Clones, Costs, Dangerous, Inspection, LaneDeadlines, Policy, Weighing

SHIPPED = Path(__file__).parent / "policies" / "default.toml"
DEMO = SHIPPED.with_name("demo.toml")
"""The demonstration's own policy: its lanes read no papers."""
EVIDENCE = ("container", "document", "pass", "seal", "weight")
"""What ``require`` may name."""
SUREST = 0.99999
"""Probabilities are kept with six digits: a threshold beyond this would be one of rounding."""
SECTIONS: dict[str, type[Any]] = {
    "costs": Costs,
    "weighing": Weighing,
    "clones": Clones,
    "inspection": Inspection,
    "dangerous": Dangerous,
    "deadlines": LaneDeadlines,
}
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


def _unknown(values: dict[str, Any], kind: type[Any] = Policy, path: str = "") -> list[str]:
    """Keys that nothing reads: a misspelt rule must not pass for a rule."""
    known = kind.__dataclass_fields__
    found = [f"{path}{key}: unknown key" for key in values if key not in known]
    for key, inner in values.items():
        section = SECTIONS.get(key)
        if section is not None and isinstance(inner, dict):
            found += _unknown(inner, section, f"{path}{key}.")
    return found


def _out_of_bounds(policy: Policy) -> list[str]:
    shares = ("plate_min", "character_min", "undeclared_share")
    found = [
        f"{name}: must lie between 0 and 1" for name in shares if not 0 < getattr(policy, name) < 1
    ]
    counts = ("sources_needed", "open_declarations", "version")
    found += [f"{name}: must be at least 1" for name in counts if getattr(policy, name) < 1]
    times = ("early_ms", "late_ms", "evidence_max_age_ms")
    found += [f"{name}: can't be negative" for name in times if getattr(policy, name) < 0]
    found += [
        f"deadlines.{name}: must be positive"
        for name in LaneDeadlines.__dataclass_fields__
        if getattr(policy.deadlines, name) <= 0
    ]
    return [*found, *_sections_out_of_bounds(policy), *_unknown_names(policy)]


def _sections_out_of_bounds(policy: Policy) -> list[str]:
    found = []
    if policy.costs.wrong_release < policy.costs.unneeded_hold or policy.costs.unneeded_hold <= 0:
        found.append("costs: a wrong release must cost at least as much as an unneeded hold")
    elif policy.costs.release_min > SUREST:
        found.append(f"costs: the ratio asks for more than {SUREST:.3%}; matches are not that fine")
    if not 0 <= policy.inspection.rate <= 1:
        found.append("inspection.rate: must lie from 0 to 1")
    if policy.inspection.rate > 0 and policy.inspection.seed == Inspection().seed:
        found.append("inspection.seed: set one of your own, or every draw can be foreseen")
    weighing, clones = policy.weighing, policy.clones
    if min(weighing.tolerance_percent, weighing.tolerance_kg, weighing.legal_percent) < 0:
        found.append("weighing: tolerances can't be negative")
    if clones.speed_kmh <= 0 or clones.return_ms < 0:
        found.append("clones: speed_kmh must be positive, return_ms not negative")
    return found


def _unknown_names(policy: Policy) -> list[str]:
    found = [f"require: {name} is none of {', '.join(EVIDENCE)}" for name in policy.require
             if name not in EVIDENCE]  # fmt: skip
    known = {role.value for role in CameraRole}
    found += [f"roles: {role} is no camera place" for role in policy.roles if role not in known]
    return found
