"""Reads a policy from TOML and names it by the hash of its canonical form."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import fields, is_dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from config.policy_problems import PolicyInvalid, PolicyProblem, of_toml, of_type, problem
from schemas.capture import CameraRole
from schemas.policy import Clones, Costs, Dangerous, Inspection, LaneDeadlines, Policy, Weighing

SHIPPED = Path(__file__).parent / "policies" / "default.toml"
DEMO = SHIPPED.with_name("demo.toml")
"""The demonstration's own policy: its lanes read no papers."""
EVIDENCE = ("container", "document", "pass", "seal", "weight")
"""What ``require`` may name."""
SUREST = 0.99999
"""Probabilities are kept with six digits: a threshold beyond this would be one of rounding."""
LONGEST_MS = 366 * 86_400_000
"""A year: no leeway or age is meant to be longer, and far longer ones can't be reckoned with."""
LONGEST_STAY_MS = 86_400_000
"""A day: a deadline beyond it would be none."""
SECTIONS: dict[str, type[Any]] = {
    "costs": Costs,
    "weighing": Weighing,
    "clones": Clones,
    "inspection": Inspection,
    "dangerous": Dangerous,
    "deadlines": LaneDeadlines,
}
_ADAPTER = TypeAdapter(Policy)


def load_policy(path: Path | None = None) -> Policy:
    """Read and check a policy file (default: the shipped one).

    Raises:
        PolicyInvalid: missing file, not TOML, unknown key, wrong type or out of bounds.
    """
    source = path or SHIPPED
    try:
        values = tomllib.loads(source.read_text("utf-8"))
    except OSError as error:
        said = error.strerror or ""
        raise PolicyInvalid(PolicyProblem(code="file", at=str(source), said=said)) from error
    except UnicodeDecodeError as error:
        said = f"not TOML: no UTF-8 text at byte {error.start}"
        raise PolicyInvalid(PolicyProblem(code="file", at=str(source), said=said)) from error
    except RecursionError as error:  # lists within lists within lists
        raise PolicyInvalid(problem("value", str(source))) from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyInvalid(of_toml(error, str(source))) from error
    return policy_from(values)


def policy_from(values: dict[str, Any]) -> Policy:
    """Check plain values and make the policy of them; raises ``PolicyInvalid``."""
    problems = _unknown(values)
    try:
        policy = _ADAPTER.validate_python(values)
    except ValidationError as error:
        problems += [of_type(dict(one)) for one in error.errors()]
        raise PolicyInvalid(*problems) from None
    problems += _not_finite(policy) or _out_of_bounds(policy)
    if problems:
        raise PolicyInvalid(*problems)
    return policy


def canonical_policy(policy: Policy) -> str:
    """The policy as canonical JSON: what is stored and hashed."""
    return _canonical(_ADAPTER.dump_python(policy, mode="json"))


def policy_hash(policy: Policy) -> str:
    """SHA-256 (hex) of the canonical form."""
    return hashlib.sha256(canonical_policy(policy).encode()).hexdigest()


def stored_policy(plain: Any, named: str) -> Policy | None:
    """The policy that was stored as ``plain`` under its hash; None where it was changed since.

    What was stored by a program that knew fewer settings still gives its hash as it stands.
    """
    policy = _ADAPTER.validate_python(plain)
    as_stored = hashlib.sha256(_canonical(plain).encode()).hexdigest()
    return policy if named in (as_stored, policy_hash(policy)) else None


def _canonical(plain: Any) -> str:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def _unknown(
    values: dict[str, Any], kind: type[Any] = Policy, path: str = ""
) -> list[PolicyProblem]:
    """Keys that nothing reads: a misspelt rule must not pass for a rule."""
    known = kind.__dataclass_fields__
    found = [problem("unknown_key", f"{path}{key}") for key in values if key not in known]
    for key, inner in values.items():
        section = SECTIONS.get(key)
        if section is not None and isinstance(inner, dict):
            found += _unknown(inner, section, f"{path}{key}.")
    return found


def _not_finite(value: Any, path: str = "") -> list[PolicyProblem]:
    """Figures that are none: TOML knows ``nan`` and ``inf``, and no comparison with ``nan``
    ever objects.
    """
    if isinstance(value, float):
        return [] if isfinite(value) else [problem("number", path)]
    if isinstance(value, tuple):
        inner = [(str(n), one) for n, one in enumerate(value)]
    elif is_dataclass(value):
        inner = [(one.name, getattr(value, one.name)) for one in fields(value)]
    else:
        return []
    return [p for name, one in inner for p in _not_finite(one, f"{path}.{name}" if path else name)]


def _out_of_bounds(policy: Policy) -> list[PolicyProblem]:
    shares = ("plate_min", "character_min", "undeclared_share")
    found = [problem("between_0_1", name) for name in shares if not 0 < getattr(policy, name) < 1]
    counts = ("sources_needed", "open_declarations", "version")
    found += [problem("at_least_1", name) for name in counts if getattr(policy, name) < 1]
    times = ("early_ms", "late_ms", "evidence_max_age_ms")
    found += [problem("negative", name) for name in times if getattr(policy, name) < 0]
    found += [problem("value", name) for name in times if getattr(policy, name) > LONGEST_MS]
    for name in LaneDeadlines.__dataclass_fields__:
        ms = getattr(policy.deadlines, name)
        if ms <= 0:
            found.append(problem("positive", f"deadlines.{name}"))
        elif ms > LONGEST_STAY_MS:
            found.append(problem("value", f"deadlines.{name}"))
    return [*found, *_sections_out_of_bounds(policy), *_unknown_names(policy)]


def _sections_out_of_bounds(policy: Policy) -> list[PolicyProblem]:
    found = []
    if policy.costs.wrong_release < policy.costs.unneeded_hold or policy.costs.unneeded_hold <= 0:
        found.append(problem("costs", "costs"))
    elif policy.costs.release_min > SUREST:
        found.append(problem("too_sure", "costs", most=f"{SUREST:.3%}"))
    if not 0 <= policy.inspection.rate <= 1:
        found.append(problem("from_0_to_1", "inspection.rate"))
    if policy.inspection.rate > 0 and policy.inspection.seed.strip() in ("", Inspection().seed):
        found.append(problem("seed", "inspection.seed"))
    weighing, clones = policy.weighing, policy.clones
    if min(weighing.tolerance_percent, weighing.tolerance_kg, weighing.legal_percent) < 0:
        found.append(problem("tolerances", "weighing"))
    if clones.speed_kmh <= 0 or not 0 <= clones.return_ms <= LONGEST_MS:
        found.append(problem("clones", "clones"))
    return found


def _unknown_names(policy: Policy) -> list[PolicyProblem]:
    evidence = ", ".join(EVIDENCE)
    found = [problem("evidence", "require", name=name, known=evidence) for name in policy.require
             if name not in EVIDENCE]  # fmt: skip
    known = {role.value for role in CameraRole}
    found += [problem("role", "roles", name=role) for role in policy.roles if role not in known]
    return found
