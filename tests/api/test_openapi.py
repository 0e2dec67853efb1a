"""The OpenAPI document: valid, complete, true of the running service, and shown by a page."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.core.errors import SchemathesisError

from gate.web.api.operations import PREFIX
from gate.web.api.routes import OPERATIONS
from tests.api.conftest import Api

aio = pytest.mark.asyncio(loop_scope="session")
EXAMPLES = 8
"""Inputs an operation and key, valid and invalid ones."""


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
    """Schemathesis sends what the document allows and what it forbids, with the firm's key: no
    answer is undocumented, no body misses its schema, nothing forbidden is taken.
    """
    plain = await document(api)
    failures = await asyncio.to_thread(_attack, plain, api.url, api.key)
    assert failures == []


def _attack(plain: dict[str, Any], url: str, key: str) -> list[str]:
    schema = schemathesis.openapi.from_dict(plain)
    failures: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        limits = settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip

        def send(case: Any) -> None:
            case.call_and_validate(
                base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=20
            )

        for mode in schemathesis.GenerationMode:
            strategy = operation.as_strategy(generation_mode=mode)
            try:
                _run(strategy, send, limits)
            except (schemathesis.core.failures.FailureGroup, AssertionError) as error:
                failures.append(f"{operation.label} ({mode.value}): {_short(error)}")
            except SchemathesisError as error:
                if "not possible" not in str(error).lower():
                    failures.append(f"{operation.label} ({mode.value}): {error}")
    return failures


def _run(strategy: Any, send: Any, limits: settings) -> None:
    from hypothesis import given

    given(case=strategy)(limits(lambda case: send(case)))()


def _short(error: BaseException) -> str:
    inner = getattr(error, "exceptions", None)
    return "; ".join(str(one)[:400] for one in inner) if inner else str(error)[:400]
