"""Every operation that takes a service key, against every key that it must not take (F1, F2)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gateway.identity.keys import Role
from gateway.web.app import OPERATIONS
from gateway.web.connections import PatchRequest
from gateway.web.keys import KeyRequest
from gateway.web.operation import Operation
from gateway.web.tokens import RefreshRequest, TokenRequest
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.problems import problem
from tests.support.rows import Rows

GUARDED = [operation for operation in OPERATIONS if operation.who in {"key", "session or key"}]

BODIES: dict[type, dict[str, Any]] = {
    TokenRequest: {"user": "alice"},
    RefreshRequest: {"user": "alice"},
    PatchRequest: {"is_default": True},
    KeyRequest: {"roles": ["tokens"]},
}


def named(operation: Operation) -> str:
    """How an operation is called in a test's id."""
    return f"{operation.method} {operation.path}"


async def call(client: httpx.AsyncClient, operation: Operation, wanted: str) -> httpx.Response:
    """The operation as its documentation asks for it, on the connection or key ``wanted``."""
    path = operation.path.replace("{name}", "google").replace("{id}", wanted)
    body = BODIES[operation.request] if operation.request else None
    params = {"user": "alice"} if "user" in operation.query else None
    return await client.request(operation.method, path, json=body, params=params)


async def everything(gateway: Harness, rows: Rows) -> tuple[list[Any], list[Any]]:
    """What an operation could change: the connections and the keys."""
    return await rows.connections(), await gateway.services.keys.list_for("default")


async def target(gateway: Harness, rows: Rows, operation: Operation) -> str:
    """Something of the default tenant that the operation can be about."""
    if operation.path.startswith("/v1/keys"):
        key, _ = await gateway.services.keys.create(tenant="default", roles=[Role.TOKENS])
        return key.id
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    return str((await rows.connection())["_id"])


def test_every_operation_with_a_key_names_its_role() -> None:
    assert len(GUARDED) == 9
    assert {operation.role for operation in GUARDED} == {str(role) for role in Role}
    assert {operation.path for operation in OPERATIONS if operation not in GUARDED} == {
        "/healthz", "/readyz", "/v1/connectors/available", "/v1/connectors/{name}/start",
    }  # fmt: skip


@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_only_a_living_key_of_the_right_role_and_tenant_gets_through(
    gateway: Harness, rows: Rows, operation: Operation, subtests: pytest.Subtests
) -> None:
    wanted = await target(gateway, rows, operation)
    others = [role for role in Role if role != operation.role]
    deleted, secret = await gateway.services.keys.create(tenant="default", roles=[*Role])
    await gateway.services.keys.delete("default", deleted.id)
    foreign = await gateway.api(*Role, tenant="other")
    weak = [await gateway.api(role) for role in others] + [await gateway.api(*others)]
    right = await gateway.api(Role(operation.role or ""))
    nobody, garbage, dead = [await gateway.api() for _ in range(3)]
    garbage.headers["Authorization"] = "Bearer gwk_0000000000000000_" + "0" * 64
    dead.headers["Authorization"] = f"Bearer {secret.reveal()}"
    before = await everything(gateway, rows)

    for name, client in (("no key", nobody), ("garbage", garbage), ("deleted key", dead)):
        with subtests.test(name):
            problem(await call(client, operation, wanted), 401, "unauthorized")
    for client in weak:
        with subtests.test("other role"):
            problem(await call(client, operation, wanted), 403, "forbidden")
    with subtests.test("what it may not do is not read either"):
        path = operation.path.replace("{name}", "google").replace("{id}", wanted)
        refused = await weak[0].request(operation.method, path, content=b"\xff" * 70_000)
        problem(refused, 403, "forbidden")
    assert await everything(gateway, rows) == before

    with subtests.test("other tenant"):
        answer = await call(foreign, operation, wanted)
        assert wanted not in answer.text
        assert "alice" not in answer.text
    assert await everything(gateway, rows) == before

    with subtests.test("right key"):
        answer = await call(right, operation, wanted)
        assert answer.status_code == operation.status, answer.text
