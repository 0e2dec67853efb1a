"""The OpenAPI document: valid, complete, true of the running service, and shown by a page."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.errors import SchemathesisError
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gate.core.filing.problems import TEXTS
from gate.web.api import guard
from gate.web.api.operations import PREFIX
from gate.web.api.routes import OPERATIONS
from tests.api.conftest import Api

aio = pytest.mark.asyncio(loop_scope="session")
EXAMPLES = 3
"""Inputs an operation of each kind, valid and invalid ones."""
RULES = TEXTS.keys() | {"invalid_cursor", "idempotency_key_reused"}
"""Why what fits the document may be refused all the same: a rule that no schema can say."""


async def document(api: Api) -> dict[str, Any]:
    async with api.session.get(f"{api.url}{PREFIX}/openapi.json") as answer:
        assert answer.status == 200
        return dict(await answer.json())


@aio
async def test_the_document_has_every_route_and_only_those(api: Api) -> None:
    found = await document(api)
    documented = {(m.upper(), path) for path, one in found["paths"].items() for m in one}
    assert documented == {(o.method, PREFIX + o.path) for o in OPERATIONS}
    assert found["openapi"] == "3.1.0"
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            assert one["summary"], path
            assert {"401", "429", "500"} <= set(one["responses"]), (method, path)


@aio
async def test_the_service_does_what_the_document_says(api: Api) -> None:
    """Schemathesis sends what the document allows and what it forbids, with the firm's or
    another gate's key: no
    answer is undocumented, no body misses its schema, nothing forbidden is taken.
    """
    plain = await document(api)
    api.app[guard.STRANGERS]._burst = 10**6  # it tries wrong keys as well
    api.app[guard.STRANGERS]._buckets.clear()
    sent: Counter[tuple[str, int]] = Counter()
    keys = {True: api.peer_key, False: api.key}
    failures = await asyncio.to_thread(_attack, plain, api.url, keys, sent)
    assert not failures, "\n\n".join(failures)
    refused = sum(n for (mode, status), n in sent.items() if mode == "negative" and status == 422)
    taken = sum(n for (mode, status), n in sent.items() if mode == "positive" and status < 300)
    assert refused > 30, sent
    assert taken > 20, sent


def _attack(
    plain: dict[str, Any], url: str, keys: dict[bool, str], sent: Counter[tuple[str, int]]
) -> list[str]:
    schema = schemathesis.openapi.from_dict(plain)
    failures: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        key = keys["sightings" in operation.path]
        limits = settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip

        for mode in schemathesis.GenerationMode:
            strategy = operation.as_strategy(generation_mode=mode)
            try:
                _run(strategy, partial(_send, url=url, key=key, mode=mode, sent=sent), limits)
            except (FailureGroup, AssertionError) as error:
                failures.append(f"{operation.label} ({mode.value}): {_short(error)}")
            except SchemathesisError as error:
                if "not possible" not in str(error).lower():
                    failures.append(f"{operation.label} ({mode.value}): {error}")
    return failures


def _send(case: Any, *, url: str, key: str, mode: Any, sent: Counter[tuple[str, int]]) -> None:
    answer = case.call(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=20)
    sent[mode.value, answer.status_code] += 1
    case.validate_response(answer, excluded_checks=[positive_data_acceptance])
    if mode is schemathesis.GenerationMode.POSITIVE and answer.status_code == 422:
        said = answer.json()
        codes = {one["code"] for one in said["errors"]} or {said["code"]}
        assert codes <= RULES, said


def _run(strategy: Any, send: Any, limits: settings) -> None:
    @limits
    @given(case=strategy)
    def attack(case: Any) -> None:
        send(case)

    attack()


def _short(error: BaseException) -> str:
    inner = getattr(error, "exceptions", None)
    return "; ".join(str(one)[:400] for one in inner) if inner else str(error)[:400]
