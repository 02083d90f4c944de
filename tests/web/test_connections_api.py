"""Connections by API, for a session and for a service key: ``/v1/connections``."""

from __future__ import annotations

import httpx
import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess

URL = f"{GATEWAY_URL}/v1/connections"


async def client_for(gateway: Harness, kind: str) -> httpx.AsyncClient:
    """A client of alice's session, or one with a key that may manage connections."""
    if kind == "key":
        return await gateway.api(Role.CONNECTIONS)
    browser = await gateway.browser("alice")
    browser.client.headers.update(
        {"Accept": "application/json", "Origin": GATEWAY_URL, "X-CSRF-Token": browser.csrf_token()}
    )
    return browser.client


async def connected(gateway: Harness, user: str = "alice") -> Browser:
    """A browser of ``user`` with two Google accounts."""
    browser = await gateway.browser(user)
    await browser.connect("google", ACCOUNTS["google"])
    await browser.connect("google", ACCOUNTS["google-work"])
    return browser


@pytest.mark.parametrize("kind", ["session", "key"])
async def test_connections_are_listed_each_connectors_default_first(
    gateway: Harness, rows: Rows, kind: str
) -> None:
    browser = await connected(gateway)
    await browser.connect("notion", ACCOUNTS["notion"])
    await connected(gateway, "bob")
    client = await client_for(gateway, kind)
    answer = await client.get(URL, params={"user": "alice"})
    assert answer.status_code == 200
    listed = answer.json()["connections"]
    mine = [row["_id"] for row in await rows.connections() if row["owner"] == "user:alice"]
    assert [entry["id"] for entry in listed] == mine
    assert [entry["is_default"] for entry in listed] == [True, False, True]
    assert {entry["user"] for entry in listed} == {"alice"}
    assert not {"access_token", "tokens", "refresh_token"} & {*listed[0]}
    assert answer.headers["cache-control"] == "no-store"


async def test_a_session_sees_its_own_connections_only(gateway: Harness) -> None:
    await connected(gateway, "bob")
    client = await client_for(gateway, "session")
    assert (await client.get(URL)).json() == {"connections": []}
    problem(await client.get(URL, params={"user": "bob"}), 403, "forbidden")


@pytest.mark.requirement("F4")
@pytest.mark.parametrize("query", ["", "?user=", "?user[$ne]=", "?user=%00", "?user=" + "x" * 256])
async def test_a_key_says_whose_connections_it_wants(gateway: Harness, query: str) -> None:
    """No operator, no wildcard."""
    await connected(gateway)
    client = await client_for(gateway, "key")
    problem(await client.get(URL + query), 422, "invalid_request")


@pytest.mark.parametrize("kind", ["session", "key"])
async def test_one_connection_is_shown(gateway: Harness, rows: Rows, kind: str) -> None:
    await connected(gateway)
    first, _ = await rows.connections()
    client = await client_for(gateway, kind)
    answer = await client.get(f"{URL}/{first['_id']}")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown["account_label"] == "ana.diaz@example.com"
    assert shown["external_account_id"] == "100000000000000000001"
    assert shown["created_at"].endswith("Z")
    assert shown["last_used_at"] is None
    assert shown["metadata"] == {"name": "Ana Diaz"}


@pytest.mark.parametrize("kind", ["session", "key"])
async def test_the_default_is_changed(gateway: Harness, rows: Rows, kind: str) -> None:
    await connected(gateway)
    first, second = await rows.connections()
    client = await client_for(gateway, kind)
    answer = await client.patch(f"{URL}/{second['_id']}", json={"is_default": True})
    assert (answer.status_code, answer.json()["is_default"]) == (200, True)
    assert [row["is_default"] for row in await rows.connections()] == [False, True]
    issued = await gateway.token("google", "alice")
    assert issued.json()["connection"]["id"] == second["_id"]
    # Saying it again changes nothing.
    again = await client.patch(f"{URL}/{second['_id']}", json={"is_default": True})
    assert again.json()["is_default"] is True
    assert [row["is_default"] for row in await rows.connections()] == [False, True]
    assert first["_id"] != second["_id"]


@pytest.mark.requirement("E6")
@pytest.mark.parametrize("kind", ["session", "key"])
async def test_a_connection_is_disconnected_here_and_at_the_provider(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, kind: str
) -> None:
    """The ciphertexts go with the row."""
    await connected(gateway)
    first, second = await rows.connections()
    before, client = sandbox.mark(), await client_for(gateway, kind)
    answer = await client.delete(f"{URL}/{first['_id']}")
    assert (answer.status_code, answer.json()) == (200, {"revoked": "yes"})
    (revocation,) = sandbox.log(after=before, provider="google", endpoint="revoke")
    assert revocation["outcome"] == "revoked"
    left = await rows.connection()
    assert (left["_id"], left["is_default"]) == (second["_id"], True)
    problem(await client.delete(f"{URL}/{first['_id']}"), 404, "connection_not_found")


@pytest.mark.requirement("B7")
async def test_a_shared_account_is_forgotten_but_not_revoked(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """bob's connection lives on the same grant."""
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    await alice.connect("google", ACCOUNTS["google"])
    await bob.connect("google", ACCOUNTS["google"])
    before, client = sandbox.mark(), await client_for(gateway, "key")
    (connection,) = (await client.get(URL, params={"user": "alice"})).json()["connections"]
    answer = await client.delete(f"{URL}/{connection['id']}")
    assert answer.json() == {"revoked": "shared"}
    assert sandbox.log(after=before, endpoint="revoke") == []
    api = await gateway.api(Role.TOKENS)
    refreshed = await api.post("/v1/connectors/google/refresh", json={"user": "bob"})
    assert refreshed.status_code == 200


BODIES: list[object] = [
    {"is_default": False},
    {"is_default": "true"},
    {"is_default": 1},
    {"is_default": None},
    {"is_default": {"$ne": False}},
    {"is_default": [True]},
    {},
    {"is_default": True, "tenant": "other"},
    {"is_default": True, "status": "active"},
    {"$set": {"is_default": True}},
    [],
    None,
]


@pytest.mark.requirement("F4")
async def test_only_making_it_the_default_can_be_asked_for(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """Strict models."""
    await connected(gateway)
    before = await rows.connections()
    client = await client_for(gateway, "key")
    for body in BODIES:
        with subtests.test(repr(body)):
            answer = await client.patch(f"{URL}/{before[1]['_id']}", json=body)
            problem(answer, 422, "invalid_request")
    assert await rows.connections() == before


@pytest.mark.requirement("F1")
@pytest.mark.parametrize("stranger", ["session of somebody else", "key of another tenant"])
async def test_a_foreign_connection_looks_missing(
    gateway: Harness, rows: Rows, stranger: str
) -> None:
    """The same answer, byte for byte, for a foreign id and for one that never was."""
    await connected(gateway, "bob")
    before = await rows.connections()
    client = (
        await gateway.api(*Role, tenant="other")
        if stranger == "key of another tenant"
        else await client_for(gateway, "session")
    )
    for method, body in (("GET", None), ("PATCH", {"is_default": True}), ("DELETE", None)):
        answers = []
        for connection in (before[1]["_id"], "con_" + "0" * 24):
            answer = await client.request(method, f"{URL}/{connection}", json=body)
            told = problem(answer, 404, "connection_not_found")
            answers.append({**told, "request_id": None})
        assert answers[0] == answers[1]
    assert await rows.connections() == before
    if stranger == "key of another tenant":
        listed = await client.get(URL, params={"user": "bob"})
        assert listed.json() == {"connections": []}


async def test_a_key_beside_a_session_counts_alone(gateway: Harness) -> None:
    """A request with a key is judged by the key: a session must not make up for a bad one."""
    browser = await connected(gateway)
    answer = await browser.client.get(
        URL, headers={"Authorization": "Bearer gwk_wrong", "Accept": "application/json"}
    )
    problem(answer, 401, "unauthorized")
    weak = await gateway.key(Role.TOKENS)
    answer = await browser.client.get(
        URL, headers={"Authorization": f"Bearer {weak}", "Accept": "application/json"}
    )
    problem(answer, 403, "forbidden")


@pytest.mark.parametrize("connection", ["x", "$ne", "con_" + "0" * 5000, "con_%00", "%ff", "{}"])
async def test_an_id_that_is_none_is_not_found(gateway: Harness, connection: str) -> None:
    client = await client_for(gateway, "key")
    problem(await client.get(f"{URL}/{connection}"), 404, "connection_not_found")
