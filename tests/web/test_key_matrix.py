"""Every operation of the API, with every kind of credential (E5, F1, F2).

``MATRIX`` has the expected answers. An operation without a row fails here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest

from connectors.secret import Secret
from gateway.access.service_keys import Restrictions, Role
from gateway.web.app import OPERATIONS
from gateway.web.handoff_api import LoginRequest
from gateway.web.operation import Operation
from gateway.web.proxy import METHODS
from tests.conftest import GATEWAY_URL
from tests.support.assertions import HEADER, Host
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.problems import problem
from tests.support.rows import Rows

GUARDED = [operation for operation in OPERATIONS if operation.who in {"key", "session or key"}]
CLOSED = [operation for operation in OPERATIONS if operation.who != "anyone"]

OK = "ok"
EMPTY = "empty"
STATUS = {
    "approval_unknown": 404,
    "forbidden": 403,
    "invalid_request": 422,
    "not_found": 404,
    "connection_not_found": 404,
    "connector_required": 409,
    "scopes_required": 409,
    "path_refused": 400,
    "rules_changed": 409,
    "integration_not_removable": 409,
}


class Row(NamedTuple):
    """One operation: who may call it, and its answers to the wrong key of the right role.

    ``other_connector`` is the answer to a key for another connector, ``None`` without such keys.
    ``other_tenant`` is the answer to a key of another tenant. ``right`` is that to the right key.
    """

    who: str
    role: Role | None
    other_connector: str | None
    other_tenant: str
    body: dict[str, Any] | None = None
    right: str = OK


KEY, BOTH, SESSION = "key", "session or key", "session"
ALICE, HOOK = {"user": "alice"}, {"url": "https://tools.example.com/hook"}
APP = {"client_id": "own", "client_secret": "own-secret"}

MATRIX = (
    {
        "POST /v1/connectors/{name}/start": Row(SESSION, None, None, OK, {}),
        "POST /v1/connectors/{name}/connect": Row(
            BOTH,
            Role.CONNECTIONS,
            "forbidden",
            "invalid_request",
            {"inputs": {}, "owner": "org"},
            right="invalid_request",  # Google takes no pasted key
        ),
        "POST /v1/connectors/{name}/token": Row(
            KEY, Role.TOKENS, "forbidden", "connector_required", ALICE
        ),
        "POST /v1/connectors/{name}/refresh": Row(
            KEY, Role.TOKENS, "forbidden", "connector_required", ALICE
        ),
        "GET /v1/connections": Row(BOTH, Role.CONNECTIONS, EMPTY, OK),
        "GET /v1/events": Row(BOTH, Role.CONNECTIONS, OK, OK),
        "GET /v1/connections/{id}": Row(
            BOTH, Role.CONNECTIONS, "connection_not_found", "connection_not_found"
        ),
        "PATCH /v1/connections/{id}": Row(
            BOTH,
            Role.CONNECTIONS,
            "connection_not_found",
            "connection_not_found",
            {"is_default": True},
        ),
        "POST /v1/connections/{id}/retry": Row(
            BOTH, Role.CONNECTIONS, "connection_not_found", "connection_not_found"
        ),
        "DELETE /v1/connections/{id}": Row(
            BOTH, Role.CONNECTIONS, "connection_not_found", "connection_not_found"
        ),
        "GET /v1/keys": Row(KEY, Role.ADMIN, None, OK),
        "POST /v1/keys": Row(KEY, Role.ADMIN, None, OK, {"roles": ["tokens"]}),
        "DELETE /v1/keys/{id}": Row(KEY, Role.ADMIN, None, "not_found"),
        "GET /v1/connectors/{name}/apps": Row(KEY, Role.ADMIN, None, OK),
        "PUT /v1/connectors/{name}/apps": Row(KEY, Role.ADMIN, None, OK, APP),
        "DELETE /v1/connectors/{name}/apps/{id}": Row(KEY, Role.ADMIN, None, "not_found"),
        "GET /v1/webhooks": Row(KEY, Role.ADMIN, None, OK),
        "POST /v1/webhooks": Row(KEY, Role.ADMIN, None, OK, HOOK),
        "DELETE /v1/webhooks/{id}": Row(KEY, Role.ADMIN, None, "not_found"),
        "GET /v1/audit": Row(KEY, Role.ADMIN, None, OK),
        "GET /v1/connector-rules": Row(BOTH, Role.ADMIN, None, OK),
        "PUT /v1/connector-rules/{name}": Row(
            BOTH, Role.ADMIN, None, OK, {"enabled": True, "personal": True}
        ),
        "GET /v1/usage": Row(KEY, Role.ADMIN, None, OK),
        "GET /v1/usage/events": Row(KEY, Role.ADMIN, None, OK),
        "GET /v1/budgets": Row(BOTH, Role.ADMIN, None, OK),
        # Of older rules than there are: nothing changes.
        "PUT /v1/budgets": Row(
            BOTH,
            Role.ADMIN,
            None,
            "rules_changed",
            {"revision": 9, "rules": []},
            right="rules_changed",
        ),
        "POST /v1/budgets/check": Row(
            BOTH,
            Role.ADMIN,
            None,
            OK,
            ALICE | {"connector": "google", "method": "GET", "path": "/x"},
        ),
        "GET /v1/policies": Row(BOTH, Role.ADMIN, None, OK),
        "PUT /v1/policies": Row(
            BOTH,
            Role.ADMIN,
            None,
            "rules_changed",
            {"revision": 9, "rules": []},
            right="rules_changed",
        ),
        "GET /v1/approvals": Row(BOTH, Role.TOOLS, OK, OK),
        "POST /v1/approvals/{id}/decision": Row(
            SESSION, None, None, "approval_unknown", {"decision": "approve"}
        ),
        "GET /v1/approvals/{id}": Row(
            BOTH, Role.TOOLS, "approval_unknown", "approval_unknown", right="approval_unknown"
        ),
        # Alice has connected Google, and has not granted Gmail.
        "POST /v1/tools/{name}/call": Row(
            KEY, Role.TOOLS, "forbidden", "connector_required", ALICE, right="scopes_required"
        ),
        "GET /v1/tools": Row(KEY, Role.TOOLS, OK, OK),
        "POST /v1/discover": Row(KEY, Role.TOOLS, OK, OK, ALICE),
        "GET /v1/integrations": Row(BOTH, Role.INTEGRATIONS, None, OK),
        "GET /v1/integrations/presets": Row(BOTH, Role.INTEGRATIONS, None, OK),
        "GET /v1/integrations/{slug}": Row(BOTH, Role.INTEGRATIONS, None, OK),
        "POST /v1/logins": Row(KEY, Role.LOGINS, None, OK),  # its body is made for each call
        "DELETE /v1/sessions": Row(KEY, Role.LOGINS, None, OK),
    }
    | {
        # The path leads nowhere, so that no provider is called: tests/proxy calls them.
        f"{method} /v1/proxy/{{name}}/{{path:path}}": Row(
            KEY, Role.PROXY, "forbidden", "connector_required", right="path_refused"
        )
        for method in METHODS
    }
    | {
        # No URL, so that nothing is fetched: tests/integrations fetches.
        f"POST /v1/integrations{path}": Row(
            BOTH,
            Role.INTEGRATIONS,
            None,
            "invalid_request",
            {"url": "ftp://x"},
            right="invalid_request",
        )
        for path in ("", "/detect", "/preview")
    }
    | {
        # Of a connector of the catalog, which nobody changes here.
        f"{method} /v1/integrations/{{slug}}{path}": Row(
            BOTH,
            Role.INTEGRATIONS,
            None,
            "integration_not_removable",
            body,
            right="integration_not_removable",
        )
        for method, path, body in (
            ("PATCH", "", {"name": "Mine"}),
            ("DELETE", "", None),
            ("POST", "/refresh", {}),
            ("POST", "/methods", {"authMethods": []}),
            ("GET", "/tools", None),
            ("PATCH", "/tools", {"operations": [], "enabled": True}),
        )
    }
    | {
        # A person accepts what tools do: never a key.
        f"{method} /v1/integrations/{{slug}}/tools{path}": Row(
            SESSION, None, None, "integration_not_removable", body
        )
        for method, path, body in (
            ("POST", "/accept", {"tools": [{"name": "x", "digest": "0" * 64}]}),
            ("PUT", "/{tool}/effect", {"digest": "0" * 64, "effect": None}),
        )
    }
)
NO_SUCH = {
    "keys": "0" * 16,
    "webhooks": "wh_missing",
    "connections": "con_missing",
    "apps": "app_no",
    "approvals": "apr_missing",
}
"""The object in a path with an id -> an id that does not exist."""
OF_ADMINISTRATORS = ("/v1/connector-rules", "/v1/budgets", "/v1/policies", "/v1/integrations")
"""The beginnings of paths whose sessions are administrators' alone."""
TOOL = "gmail_list_labels"
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
    """Return the operation's name in ``MATRIX`` and in a test's id."""
    return f"{operation.method} {operation.path}"


def key_role(row: Row) -> Role:
    """Return the role of the key that may call the operation."""
    assert row.role is not None
    return row.role


def row_of(operation: Operation) -> Row:
    """Return the expected answers."""
    return MATRIX[named(operation)]


def noun(operation: Operation) -> str:
    """Return the object in an operation's path."""
    return operation.path.partition("/{id}")[0].rpartition("/")[2]


async def body_of(gateway: Harness, operation: Operation) -> dict[str, Any] | None:
    """Return a valid body. A sign-in is accepted once, so each call gets a new one."""
    if operation.request is LoginRequest:
        departure = await gateway.services.logins.handoff.begin("/dashboard/connectors")
        return {"challenge": departure.url.partition("login_challenge=")[2], "user": "alice"}
    return row_of(operation).body


async def call(
    gateway: Harness,
    client: httpx.AsyncClient,
    operation: Operation,
    wanted: str,
    headers: dict[Any, Any] | None = None,
) -> httpx.Response:
    """Call the operation as documented, on the connection, key or webhook ``wanted``."""
    name = TOOL if operation.path.startswith("/v1/tools/") else "google"
    path = operation.path.replace("{name}", name).replace("{id}", wanted)
    path = path.replace("{path:path}", "a%2Fb")
    path = path.replace("{slug}", "google").replace("{tool}", "x")
    body = await body_of(gateway, operation)
    params = {"user": "alice"} if "user" in operation.query else {}
    if operation.path == "/v1/events":
        params["seconds"] = "0"  # else the answer has no end
    url = f"{GATEWAY_URL}{path}"
    if operation.is_passed_on:
        headers = {**(headers or {}), "Gateway-User": "alice"}
    if row_of(operation).who != KEY:  # as from the gateway's page: the credential is tested
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
        await services.apps.list_for("default", "google"),
    )


async def target(gateway: Harness, operation: Operation) -> str:
    """Return the id of an object of the default tenant that the operation can be about."""
    if noun(operation) == "keys":
        key, _ = await gateway.services.keys.create(tenant="default", roles=[Role.TOKENS])
        return key.id
    if noun(operation) == "webhooks":
        webhook, _ = await gateway.services.webhooks.create(
            tenant="default", url="https://tools.example.com/hook", types=None
        )
        return webhook.id
    if noun(operation) == "apps":
        app = await gateway.services.apps.set("default", "google", "own", Secret("own-secret"))
        return app.id
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
def test_every_operation_has_a_row() -> None:
    """A new route without a row fails here, and so does a change of credential or role."""
    assert {named(operation) for operation in CLOSED} == MATRIX.keys()
    assert {operation.path for operation in OPERATIONS if operation.who == "anyone"} == {
        "/healthz",
        "/readyz",
        "/v1/connectors/available",
        "/v1/skills",
        "/v1/skills/{connector}/SKILL.md",
        "/docs/{page}.md",
    }
    for operation in CLOSED:
        row = row_of(operation)
        assert (operation.who, operation.role) == (row.who, row.role and str(row.role))
        assert (HEADER in operation.headers) == (row.other_connector is not None)
        assert (operation.request is None) == (row.body is None) or operation.path == "/v1/logins"


@pytest.mark.long
@pytest.mark.requirement("E5", "F2")
async def test_missing_invalid_or_dead_key_gets_401(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """No key, malformed, unknown, not ASCII, long, a wrong secret, deleted, expired.

    No operation changes anything, so one gateway serves the tests of all.
    """
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
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
    client = await gateway.api()
    for operation in CLOSED:
        gateway.clock.advance(seconds=60)  # so many wrong keys in a minute would be refused as such
        which = named(operation)
        wanted = await target(gateway, operation)
        before = await everything(gateway, rows)
        bodies = set()
        for name, header in credentials.items():
            with subtests.test(name, operation=which):
                headers = {} if header is None else {b"Authorization": header}
                answer = await call(gateway, client, operation, wanted, headers)
                said = problem(answer, 401, "unauthorized")
                assert "access-control-allow-origin" not in answer.headers
                if name in {"unknown", "wrong secret", "deleted", "expired"}:
                    bodies.add(str({**said, "request_id": ""}))
        if row_of(operation).who == SESSION:
            with subtests.test("a good key where only a person may act", operation=which):
                headers = {b"Authorization": f"Bearer {text}".encode()}
                refused = await call(gateway, client, operation, wanted, headers)
                problem(refused, 401, "unauthorized")
        with subtests.test("a good key at another place", operation=which):
            answer = await client.request(
                operation.method,
                operation.path.replace("{name}", "google").replace("{id}", wanted),
                params={"api_key": text, "authorization": f"Bearer {text}"},
            )
            assert answer.status_code in {401, 422}
        with subtests.test("nothing is told or changed", operation=which):
            assert len(bodies) == 1, "which of them it was is not told"
            assert await everything(gateway, rows) == before


@pytest.mark.long
@pytest.mark.requirement("F2")
@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_key_opens_only_the_operations_of_its_role(
    gateway: Harness, rows: Rows, operation: Operation, subtests: pytest.Subtests
) -> None:
    """Each other role, all others together, another connector, no assertion; then the right key."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    wanted = await target(gateway, operation)
    row = row_of(operation)
    role = key_role(row)
    others = [other for other in Role if other != role]
    weak = [await client_of(gateway, other) for other in others]
    weak.append(await client_of(gateway, *others))
    host = Host()
    restricted = {}
    if row.other_connector is not None:
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
            elif row.other_connector == EMPTY:
                assert (answer.status_code, answer.json()) == (200, {"connections": []})
            elif row.other_connector == OK:  # a list of what is within its bounds
                assert answer.status_code == 200
                assert '"google"' not in answer.text
            else:
                code = row.other_connector or ""
                said = problem(answer, STATUS[code], code)
                assert code != "forbidden" or '"google"' in said["detail"]
    assert await everything(gateway, rows) == before

    with subtests.test("a session instead of a key"):
        headers = {"Accept": "application/json", "Origin": GATEWAY_URL}
        headers["X-CSRF-Token"] = browser.csrf_token()
        if row.who == KEY:
            answer = await call(gateway, browser.client, operation, wanted, headers)
            problem(answer, 401, "unauthorized")
            assert await everything(gateway, rows) == before
        elif operation.path.startswith(OF_ADMINISTRATORS):
            answer = await call(gateway, browser.client, operation, wanted, headers)
            problem(answer, 403, "forbidden")  # alice is no administrator
        elif operation.method == "GET":
            answer = await call(gateway, browser.client, operation, wanted, headers)
            assert answer.status_code == STATUS.get(row.right, operation.status)
    with subtests.test("right key"):
        answer = await call(gateway, right, operation, wanted)
        assert answer.status_code == STATUS.get(row.right, operation.status), answer.text


@pytest.mark.long
@pytest.mark.requirement("F1")
@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_foreign_object_looks_like_a_missing_one(
    gateway: Harness, rows: Rows, operation: Operation
) -> None:
    """Byte by byte, but for the request's id; and nothing of the other tenant is in any answer."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    wanted = await target(gateway, operation)
    row = row_of(operation)
    role = key_role(row)
    foreign = await client_of(gateway, role, tenant="other")
    before = await everything(gateway, rows)
    there = await call(gateway, foreign, operation, wanted)
    assert await everything(gateway, rows) == before
    assert wanted not in there.text
    if "{id}" in operation.path:
        problem(there, 404, row.other_tenant)
        missing = await call(gateway, foreign, operation, NO_SUCH[noun(operation)])
        assert _bytes(missing) == _bytes(there)
        if row.other_connector is not None:
            # Within one tenant, a key's restrictions look the same.
            narrow = await client_of(gateway, role, connectors=("notion",))
            assert _bytes(await call(gateway, narrow, operation, wanted)) == _bytes(missing)
            host = Host()
            asserted = await client_of(gateway, role, assertion_keys=[host.public])
            bobs = {HEADER: host.sign("bob")}
            answer = await call(gateway, asserted, operation, wanted, bobs)
            assert _bytes(answer) == _bytes(missing)
            assert (await everything(gateway, rows))[:2] == before[:2]
    elif row.other_tenant != OK:
        problem(there, STATUS[row.other_tenant], row.other_tenant)
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
