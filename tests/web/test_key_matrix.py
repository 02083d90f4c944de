"""Every operation of the route table, with every kind of credential (E5, F1, F2).

The answer of each cell follows from the operation's declaration (``who``, ``role``, ``headers``)
and from the object in its path; an operation without such a rule fails here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Restrictions, Role
from gateway.web.app import OPERATIONS
from gateway.web.connections import PatchRequest
from gateway.web.flows import StartRequest
from gateway.web.handoff_api import LoginRequest
from gateway.web.operation import Operation
from gateway.web.service_keys import KeyRequest
from gateway.web.tokens import RefreshRequest, TokenRequest
from gateway.web.webhooks import WebhookRequest
from tests.conftest import GATEWAY_URL
from tests.support.assertions import HEADER, Host
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.problems import problem
from tests.support.rows import Rows

GUARDED = [operation for operation in OPERATIONS if operation.who in {"key", "session or key"}]
CLOSED = [operation for operation in OPERATIONS if operation.who != "anyone"]

BODIES: dict[type, dict[str, Any]] = {
    TokenRequest: {"user": "alice"},
    RefreshRequest: {"user": "alice"},
    PatchRequest: {"is_default": True},
    KeyRequest: {"roles": ["tokens"]},
    WebhookRequest: {"url": "https://tools.example.com/hook"},
    StartRequest: {},
}
MISSING = {"keys": "not_found", "webhooks": "not_found", "connections": "connection_not_found"}
"""The object in a path with an id -> the code for a missing one."""
NO_SUCH = {"keys": "0" * 16, "webhooks": "wh_missing", "connections": "con_missing"}
NO_KEYS: dict[str, bytes] = {
    "empty": b"",
    "without a key": b"Bearer ",
    "malformed": b"Bearer nonsense",
    "unknown": b"Bearer gwk_0000000000000000_" + b"0" * 64,
    "not ASCII": b"Bearer gwk_0000000000000000_" + "é".encode() * 32,
    "very long": b"Bearer gwk_0000000000000000_" + b"0" * 20_000,
    "another scheme": b"Basic Z3drOng=",
}


def named(operation: Operation) -> str:
    """How an operation is called in a test's id."""
    return f"{operation.method} {operation.path}"


def noun(operation: Operation) -> str:
    """Return the object in an operation's path."""
    return operation.path.split("/")[2]


async def body_of(gateway: Harness, operation: Operation) -> dict[str, Any] | None:
    """The body that an operation takes. A sign-in is accepted once: each call gets its own."""
    if operation.request is LoginRequest:
        departure = await gateway.services.logins.handoff.begin("/dashboard/connectors")
        return {"challenge": departure.url.partition("login_challenge=")[2], "user": "alice"}
    return BODIES[operation.request] if operation.request else None


async def call(
    gateway: Harness,
    client: httpx.AsyncClient,
    operation: Operation,
    wanted: str,
    headers: dict[Any, Any] | None = None,
) -> httpx.Response:
    """The operation as its documentation asks for it, on the connection or key ``wanted``."""
    path = operation.path.replace("{name}", "google").replace("{id}", wanted)
    body = await body_of(gateway, operation)
    params = {"user": "alice"} if "user" in operation.query else None
    url = f"{GATEWAY_URL}{path}"
    if (
        operation.who == "session"
    ):  # as from the gateway's own page: it is the credential that is looked at
        headers = {**(headers or {}), "Origin": GATEWAY_URL}
    return await client.request(operation.method, url, json=body, params=params, headers=headers)


async def everything(gateway: Harness, rows: Rows) -> tuple[list[Any], ...]:
    """Return all that an operation could change: connections, sessions, keys and webhooks."""
    services = gateway.services
    keys = await services.keys.list_for("default")
    return (
        [{**row, "last_used_at": None} for row in await rows.connections()],
        [row["_id"] for row in await rows.sessions()],
        [key.id for key in keys],
        await services.webhooks.list_for("default"),
    )


async def target(gateway: Harness, operation: Operation) -> str:
    """Something of the default tenant that the operation can be about, beside a linked account."""
    if noun(operation) == "keys":
        key, _ = await gateway.services.keys.create(tenant="default", roles=[Role.TOKENS])
        return key.id
    if noun(operation) == "webhooks":
        webhook, _ = await gateway.services.webhooks.create(
            tenant="default", url="https://tools.example.com/hook", types=None
        )
        return webhook.id
    (connection,) = await gateway.services.connections.list_for("default", "alice")
    return connection.id


async def client_of(
    gateway: Harness, *roles: Role, tenant: str = "default", **restrictions: Any
) -> httpx.AsyncClient:
    """A tool server with a new key."""
    _, secret = await gateway.services.keys.create(
        tenant=tenant, roles=roles, restrictions=Restrictions(**restrictions)
    )
    client = await gateway.api()
    client.headers["Authorization"] = f"Bearer {secret.reveal()}"
    return client


@pytest.mark.requirement("F2")
def test_every_operation_has_the_rules_of_its_cells() -> None:
    """A new route without a rule fails here."""
    assert {operation.role for operation in GUARDED} == {str(role) for role in Role}
    assert {operation.path for operation in OPERATIONS if operation.who == "anyone"} == {
        "/healthz",
        "/readyz",
        "/v1/connectors/available",
    }
    assert [named(operation) for operation in OPERATIONS if operation.who == "session"] == [
        "POST /v1/connectors/{name}/start"
    ]
    for operation in OPERATIONS:
        assert (HEADER in operation.headers) == (operation.role in {"tokens", "connections"})
        assert operation.request in {None, LoginRequest, *BODIES}
        assert "{id}" not in operation.path or noun(operation) in MISSING


@pytest.mark.requirement("E5", "F2")
@pytest.mark.parametrize("operation", CLOSED, ids=named)
async def test_missing_invalid_or_dead_key_gets_401(
    gateway: Harness, rows: Rows, operation: Operation, subtests: pytest.Subtests
) -> None:
    """No key, malformed, unknown, not ASCII, long, a wrong secret, deleted, expired."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    wanted = await target(gateway, operation)
    keys = gateway.services.keys
    _, good = await keys.create(tenant="default", roles=[*Role])
    deleted, dead = await keys.create(tenant="default", roles=[*Role])
    await keys.delete("default", deleted.id)
    end = Restrictions(expires_at=gateway.clock() + timedelta(seconds=10))
    _, over = await keys.create(tenant="default", roles=[*Role], restrictions=end)
    text = good.reveal()
    credentials: dict[str, bytes | None] = {
        "no key": None,
        **NO_KEYS,
        "wrong secret": f"Bearer {text[:-64]}{'0' * 64}".encode(),
        "truncated": f"Bearer {text[:-1]}".encode(),
        "deleted": f"Bearer {dead.reveal()}".encode(),
        "expired": f"Bearer {over.reveal()}".encode(),
    }
    gateway.clock.advance(seconds=11)
    before = await everything(gateway, rows)
    client = await gateway.api()
    bodies = set()
    for name, header in credentials.items():
        with subtests.test(name):
            headers = {} if header is None else {b"Authorization": header}
            answer = await call(gateway, client, operation, wanted, headers)
            said = problem(answer, 401, "unauthorized")
            assert "access-control-allow-origin" not in answer.headers
            if name in {"unknown", "wrong secret", "deleted", "expired"}:
                bodies.add(str({**said, "request_id": ""}))
    assert len(bodies) == 1, "which of them it was is not told"
    if operation.who == "session":
        with subtests.test("a good key where only a person may act"):
            headers = {b"Authorization": f"Bearer {text}".encode()}
            refused = await call(gateway, client, operation, wanted, headers)
            problem(refused, 401, "unauthorized")
    with subtests.test("a good key at another place"):
        answer = await client.request(
            operation.method,
            operation.path.replace("{name}", "google").replace("{id}", wanted),
            params={"api_key": text, "authorization": f"Bearer {text}"},
        )
        assert answer.status_code in {401, 422}
    assert await everything(gateway, rows) == before


@pytest.mark.requirement("F2")
@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_key_opens_only_the_operations_of_its_role(
    gateway: Harness, rows: Rows, operation: Operation, subtests: pytest.Subtests
) -> None:
    """Each other role, all others together, another connector, no assertion; then the right key."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    wanted = await target(gateway, operation)
    role = Role(operation.role or "")
    others = [other for other in Role if other != role]
    weak = [await client_of(gateway, other) for other in others]
    weak.append(await client_of(gateway, *others))
    host = Host()
    restricted = {}
    if HEADER in operation.headers:
        restricted = {
            "other connector": await client_of(gateway, role, connectors=("notion",)),
            "no assertion": await client_of(gateway, role, assertion_keys=[host.public]),
        }
    right = await client_of(gateway, role)
    before = await everything(gateway, rows)

    for client in weak:
        with subtests.test("other role"):
            problem(await call(gateway, client, operation, wanted), 403, "forbidden")
    with subtests.test("what it may not do is not read either"):
        path = operation.path.replace("{name}", "google").replace("{id}", wanted)
        refused = await weak[0].request(operation.method, path, content=b"\xff" * 70_000)
        problem(refused, 403, "forbidden")
    for name, client in restricted.items():
        with subtests.test(name):
            answer = await call(gateway, client, operation, wanted)
            if name == "no assertion":
                problem(answer, 403, "assertion_required")
            elif "{name}" in operation.path:
                assert '"google"' in problem(answer, 403, "forbidden")["detail"]
            elif "{id}" in operation.path:
                problem(answer, 404, MISSING[noun(operation)])
            else:
                assert (answer.status_code, answer.json()) == (200, {"connections": []})
    assert await everything(gateway, rows) == before

    with subtests.test("a session instead of a key"):
        headers = {"Accept": "application/json", "Origin": GATEWAY_URL}
        headers["X-CSRF-Token"] = browser.csrf_token()
        if operation.who == "key":
            answer = await call(gateway, browser.client, operation, wanted, headers)
            problem(answer, 401, "unauthorized")
            assert await everything(gateway, rows) == before
        elif operation.method == "GET":
            answer = await call(gateway, browser.client, operation, wanted, headers)
            assert answer.status_code == operation.status
    with subtests.test("right key"):
        answer = await call(gateway, right, operation, wanted)
        assert answer.status_code == operation.status, answer.text


@pytest.mark.requirement("F1")
@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_foreign_object_looks_like_a_missing_one(
    gateway: Harness, rows: Rows, operation: Operation
) -> None:
    """Byte by byte, but for the request's id; and nothing of the other tenant is in any answer."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    wanted = await target(gateway, operation)
    role = Role(operation.role or "")
    foreign = await client_of(gateway, role, tenant="other")
    before = await everything(gateway, rows)
    there = await call(gateway, foreign, operation, wanted)
    assert await everything(gateway, rows) == before
    assert wanted not in there.text
    if "{id}" in operation.path:
        problem(there, 404, MISSING[noun(operation)])
        missing = await call(gateway, foreign, operation, NO_SUCH[noun(operation)])
        assert _bytes(missing) == _bytes(there)
        if HEADER in operation.headers:
            # Within one tenant it is the same for what a key's restrictions keep out.
            narrow = await client_of(gateway, role, connectors=("notion",))
            assert _bytes(await call(gateway, narrow, operation, wanted)) == _bytes(missing)
            host = Host()
            asserted = await client_of(gateway, role, assertion_keys=[host.public])
            bobs = {HEADER: host.sign("bob")}
            answer = await call(gateway, asserted, operation, wanted, bobs)
            assert _bytes(answer) == _bytes(missing)
            assert (await everything(gateway, rows))[:2] == before[:2]
    elif operation.path.startswith("/v1/connectors/"):
        problem(there, 409, "connector_required")
        await browser.client.aclose()
        (connection,) = await gateway.services.connections.list_for("default", "alice")
        await gateway.services.disconnect.disconnect(connection)
        missing = await call(gateway, foreign, operation, wanted)
        assert _bytes(missing) == _bytes(there)
    else:
        assert there.status_code == operation.status


def _bytes(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """An answer without its id."""
    own = answer.headers["x-request-id"]
    headers = {name: text for name, text in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, answer.content.replace(own.encode(), b""), headers
