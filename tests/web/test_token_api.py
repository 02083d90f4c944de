"""Tokens for tool servers: ``POST /v1/connectors/{name}/token`` and ``…/refresh``."""

from __future__ import annotations

import hashlib

import pytest

from gateway.access.service_keys import Role
from gateway.web.tokens import TokenReply
from tests.conftest import GATEWAY_URL
from tests.support.answers import REFRESH_TOKEN
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import revoke_at_google, token_of
from tests.web.test_flow import call_api


@pytest.mark.requirement("F3")
async def test_a_token_comes_with_everything_that_is_needed_to_use_it(
    gateway: Harness, rows: Rows
) -> None:
    """And with nothing else."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    row = await rows.connection()
    answer = await gateway.token("google", "alice")
    assert answer.status_code == 200
    body = answer.json()
    assert TokenReply.model_validate(body, strict=True).model_dump() == body
    assert {*body} == {"access_token", "token_type", "expires_at", "scopes", "api", "connection"}
    assert body["token_type"] == "Bearer"
    assert body["expires_at"] == row["expires_at"].isoformat(timespec="milliseconds").replace(
        "+00:00", "Z"
    )
    assert body["scopes"] == ["openid", "https://www.googleapis.com/auth/userinfo.email"]
    assert {*body["api"]} == {"base_url", "headers", "query", "body"}
    assert body["api"]["headers"] == {"Authorization": f"Bearer {body['access_token']}"}
    connection = body["connection"]
    assert {*connection} == {
        "id",
        "connector",
        "method",
        "owner",
        "user",
        "external_account_id",
        "account_label",
        "status",
        "status_reason",
        "status_since",
        "action",
        "is_default",
        "scopes",
        "connection_config",
        "metadata",
        "created_at",
        "updated_at",
        "last_used_at",
        "hook_failure",
    }
    assert (connection["id"], connection["user"]) == (row["_id"], "alice")
    assert (connection["connector"], connection["status"]) == ("google", "active")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("connector", "config", "header"),
    [("notion", {}, {"Notion-Version": "2025-09-03"}), ("shopify", {"shop": "acme"}, {})],
)
async def test_the_answer_says_how_each_provider_wants_its_token(
    gateway: Harness, connector: str, config: dict[str, str], header: dict[str, str]
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect(connector, ACCOUNTS[connector], **config)
    body = (await gateway.token(connector, "alice")).json()
    token = body["access_token"]
    own = {
        "notion": {"Authorization": f"Bearer {token}"},
        "shopify": {"X-Shopify-Access-Token": token},
    }
    assert body["api"]["headers"] == own[connector] | header
    assert body["connection"]["connection_config"] == config
    assert (body["expires_at"] is None) == (connector == "notion")


async def test_an_account_is_named_by_connection_external_id_or_label(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    await browser.connect("google", ACCOUNTS["google-work"])
    _, second = await rows.connections()
    for name in (second["_id"], second["external_account_id"], second["account_label"]):
        issued = await gateway.token("google", "alice", account=name)
        assert issued.json()["connection"]["id"] == second["_id"]
    missing = await gateway.token("google", "alice", account="nobody@example.com")
    assert problem(missing, 404, "account_not_found")["connector"] == "google"


@pytest.mark.parametrize("call", ["token", "refresh"])
async def test_missing_object_is_named_by_a_code(gateway: Harness, call: str) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    api = await gateway.api(Role.TOKENS)

    async def ask(connector: str, user: str, **more: str) -> dict[str, object]:
        answer = await api.post(f"/v1/connectors/{connector}/{call}", json={"user": user, **more})
        return {"status": answer.status_code, **answer.json()}

    unknown = await ask("nowhere", "alice")
    assert (unknown["status"], unknown["code"]) == (404, "connector_unknown")
    required = await ask("notion", "alice")
    assert (required["status"], required["code"]) == (409, "connector_required")
    assert required["connect_url"] == f"{GATEWAY_URL}/connectors/notion"
    # Rule 6: a user who is not there at all looks like one who has connected nothing.
    nobody = await ask("google", "nobody")
    assert (nobody["status"], nobody["code"]) == (409, "connector_required")
    assert (await ask("google", "nobody", account="x"))["code"] == "connector_required"
    other = await ask("google", "alice", account="other")
    assert (other["status"], other["code"]) == (404, "account_not_found")


async def test_the_other_name_of_a_connector_works_for_tokens(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    assert (await gateway.token("google-workspace", "alice")).status_code == 200


async def test_a_forced_refresh_yields_a_new_token(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("notion", ACCOUNTS["notion"])
    old, before = (await gateway.token("notion", "alice")).json(), sandbox.mark()
    api = await gateway.api(Role.TOKENS)
    answer = await api.post("/v1/connectors/notion/refresh", json={"user": "alice"})
    assert answer.status_code == 200
    assert answer.json()["access_token"] != old["access_token"]
    (request,) = sandbox.token_requests("notion", after=before)
    assert (request["grant_type"], request["outcome"]) == ("refresh_token", "issued")
    assert (await rows.connection())["generation"] == 2
    assert (await call_api(answer, "/users/me")).status_code == 200
    again = (await gateway.token("notion", "alice")).json()
    assert again["access_token"] == answer.json()["access_token"]


@pytest.mark.requirement("D9")
async def test_a_rejected_token_is_replaced_once(gateway: Harness, sandbox: SandboxProcess) -> None:
    """A report about a token that is not the current one any more changes nothing."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    old, before = (await gateway.token("google", "alice")).json()["access_token"], sandbox.mark()
    digest = hashlib.sha256(old.encode()).hexdigest()
    new = (await gateway.token("google", "alice", rejected_token_sha256=digest)).json()
    assert new["access_token"] != old
    again = (await gateway.token("google", "alice", rejected_token_sha256=digest)).json()
    assert again["access_token"] == new["access_token"]
    assert len(sandbox.token_requests("google", after=before)) == 1


async def test_a_token_that_would_not_last_is_replaced(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    sandbox.token_life("google", 1200)
    await browser.connect("google", ACCOUNTS["google"])
    before = sandbox.mark()
    first = (await gateway.token("google", "alice", min_seconds=600)).json()
    assert sandbox.token_requests("google", after=before) == []
    gateway.clock.advance(seconds=700)  # 500 seconds are left
    second = (await gateway.token("google", "alice", min_seconds=600)).json()
    assert first["access_token"] != second["access_token"]
    assert len(sandbox.token_requests("google", after=before)) == 1


async def test_a_grant_that_is_gone_leads_back_to_the_connect_page(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    revoke_at_google(sandbox, token_of(await gateway.token("google", "alice")))
    api = await gateway.api(Role.TOKENS)
    answer = await api.post("/v1/connectors/google/refresh", json={"user": "alice"})
    body = problem(answer, 409, "reauthorization_required")
    broken = (await rows.connection())["_id"]
    assert body["connect_url"] == f"{GATEWAY_URL}/connectors/google?reconnect={broken}"
    assert "the grant is revoked" not in answer.text
    assert (await rows.connection())["status"] == "needs_reauth"
    await browser.open("/dashboard/connectors")
    assert "The provider no longer accepts this connection." in browser.text

    assert await browser.connect("google", ACCOUNTS["google"]) == "reconnected"
    assert (await gateway.token("google", "alice")).json()["connection"]["status"] == "active"


async def test_a_provider_that_is_overloaded_is_told_with_its_own_waiting_time(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    sandbox.fail("google", "rate_limited")
    api = await gateway.api(Role.TOKENS)
    answer = await api.post("/v1/connectors/google/refresh", json={"user": "alice"})
    problem(answer, 503, "provider_unavailable")
    assert answer.headers["retry-after"] == "7"
    # Rule 3: the token that is still good is handed out meanwhile.
    assert (await gateway.token("google", "alice")).status_code == 200


@pytest.mark.requirement("F1")
async def test_a_key_of_another_tenant_sees_nobodys_tokens(gateway: Harness) -> None:
    """The tenant is the key's, for every request."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    connection = (await gateway.token("google", "alice")).json()["connection"]["id"]
    stranger = await gateway.api(*Role, tenant="other")
    for body in ({"user": "alice"}, {"user": "alice", "account": connection}):
        for call in ("token", "refresh"):
            answer = await stranger.post(f"/v1/connectors/google/{call}", json=body)
            problem(answer, 409, "connector_required")


@pytest.mark.requirement("F3")
async def test_the_search_for_refresh_tokens_would_find_one(gateway: Harness, rows: Rows) -> None:
    """Every answer of these tests is searched with this pattern; it fits what is stored."""
    browser = await gateway.browser("alice")
    for connector, config in (("google", {}), ("notion", {}), ("shopify", {"shop": "acme"})):
        await browser.connect(connector, ACCOUNTS[connector], **config)
    await browser.connect("atlassian", "Ana Diaz (ana@acme.example)", site="acme")
    stored = await gateway.services.connections.list_for("default", "alice")
    assert len(stored) == 4
    for connection in stored:
        secret = gateway.services.tokens._sealer.refresh_token(connection)
        assert secret is not None
        assert REFRESH_TOKEN.fullmatch(secret.reveal())
