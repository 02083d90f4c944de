"""The rules of an organisation: a connector switched off, and no personal connections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.browser import words
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.organisation import ADMIN, connect_for_org, headers_of, owner_in
from tests.support.pasted import INPUTS, Providers, gateway_with_keys, paste
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import connect, connection, disconnect

RULES = "/v1/connector-rules"


async def rule(
    gateway: Harness, connector: str, *, enabled: bool = True, personal: bool = True
) -> httpx.Response:
    """Set the rule with a key of the organisation."""
    api = await gateway.api(Role.ADMIN)
    body = {"enabled": enabled, "personal": personal}
    return await api.put(f"{RULES}/{connector}", json=body)


async def test_nobody_gets_or_connects_what_is_switched_off(gateway: Harness, rows: Rows) -> None:
    await connect_for_org(gateway, "google")
    await connect(gateway, "google", account="google-work")
    await gateway.token("google", "alice")  # from now on from memory
    stored = await rows.connections()
    answer = await rule(gateway, "google", enabled=False)
    assert answer.json() == {"connector": "google", "enabled": False, "personal": True}

    for user in ("alice", "bob"):
        for more in ({}, {"owner": "org"}, {"owner": "user"}, {"account": "none"}):
            problem(await gateway.token("google", user, **more), 403, "connector_off")
    tools = await gateway.api(Role.TOKENS)
    refreshed = await tools.post("/v1/connectors/google/refresh", json={"user": "alice"})
    problem(refreshed, 403, "connector_off")
    for user, query in (("alice", ""), (ADMIN, "?owner=org")):
        browser = await gateway.browser(user)
        page = await browser.open(f"/connectors/google{query}")
        assert page.status_code == 403
        assert "switched this connector off" in words(browser)
        await browser.open("/connectors/notion")
        headers = headers_of(browser)
        url = f"{GATEWAY_URL}/v1/connectors/google/start"
        body = {"owner": "org" if query else "user"}
        started = await browser.client.post(url, headers=headers, json=body)
        problem(started, 403, "connector_off")
    assert [row["generation"] for row in await rows.connections()] == [1, 1]
    assert [row["_id"] for row in await rows.connections()] == [row["_id"] for row in stored]

    await rule(gateway, "google")
    assert owner_in(await gateway.token("google", "alice")) == ("user", "alice")
    assert owner_in(await gateway.token("google", "bob")) == ("org", None)


async def test_without_personal_connections_everybody_gets_the_organisations(
    gateway: Harness,
) -> None:
    await connect(gateway, "google")
    assert owner_in(await gateway.token("google", "alice")) == ("user", "alice")
    await rule(gateway, "google", personal=False)
    problem(await gateway.token("google", "alice"), 403, "personal_forbidden")
    problem(await gateway.token("google", "alice", owner="org"), 409, "connector_required")

    await connect_for_org(gateway, "google", "google-work")
    for user in ("alice", "bob"):
        assert owner_in(await gateway.token("google", user)) == ("org", None)
        problem(await gateway.token("google", user, owner="user"), 403, "personal_forbidden")
    own = await connection(gateway)
    problem(await gateway.token("google", "alice", account=own["id"]), 404, "account_not_found")

    browser = await gateway.browser("bob")
    assert (await browser.open("/connectors/google")).status_code == 403
    await browser.open("/connectors/notion")
    url = f"{GATEWAY_URL}/v1/connectors/google/start"
    started = await browser.client.post(url, headers=headers_of(browser), json={})
    problem(started, 403, "personal_forbidden")
    # Her own stays hers: she can still remove it.
    assert (await disconnect(gateway, own["id"])).json() == {"revoked": "yes"}


async def test_a_rule_holds_for_an_attempt_that_is_under_way(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    for enabled, outcome in ((True, "personal_forbidden"), (False, "connector_off")):
        await rule(gateway, "google")
        browser, before = await gateway.browser("alice"), sandbox.mark()
        await browser.start("google")
        await rule(gateway, "google", enabled=enabled, personal=False)
        await browser.approve(ACCOUNTS["google"])
        assert browser.outcome() == outcome
        assert sandbox.token_requests("google", after=before) == []
    assert await rows.connections() == []


async def test_a_rule_reaches_every_process(
    gateway: Harness, mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    """The other process has the token in memory, and hears of the rule from the database."""
    await connect(gateway, "google")
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=gateway.clock,
        encryption_keys=gateway.settings.encryption_keys.get_secret_value(),
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
    ) as other:
        assert (await other.token("google", "alice")).status_code == 200
        assert (await other.token("google", "alice")).status_code == 200
        await rule(gateway, "google", enabled=False)
        for _ in range(200):
            answer = await other.token("google", "alice")
            if answer.status_code != 200:
                break
        problem(answer, 403, "connector_off")


async def test_an_administrator_sets_rules_and_nobody_else(gateway: Harness) -> None:
    browser = await gateway.browser(ADMIN)
    await browser.open("/dashboard/connectors")
    headers, body = headers_of(browser), {"enabled": True, "personal": False}
    url = f"{GATEWAY_URL}{RULES}"
    answer = await browser.client.put(f"{url}/google", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    listed = (await browser.client.get(url, headers=headers)).json()
    assert listed == {"rules": [{"connector": "google", **body}]}
    for missing in ("Origin", "X-CSRF-Token"):
        less = {name: value for name, value in headers.items() if name != missing}
        problem(
            await browser.client.put(f"{url}/google", headers=less, json=body), 403, "forbidden"
        )

    alice = await gateway.browser("alice")
    await alice.open("/dashboard/connectors")
    headers = headers_of(alice)
    problem(await alice.client.get(url, headers=headers), 403, "forbidden")
    off = {"enabled": False, "personal": True}
    problem(await alice.client.put(f"{url}/google", headers=headers, json=off), 403, "forbidden")
    connections = await gateway.api(Role.CONNECTIONS)
    problem(await connections.put(f"{RULES}/google", json=off), 403, "forbidden")
    api = await gateway.api(Role.ADMIN)
    assert (await api.get(RULES)).json() == listed

    lines = (await api.get("/v1/audit", params={"action": "connector.rule_changed"})).json()
    (line,) = lines["lines"]
    assert (line["connector"], line["subject"], line["actor"]["user"]) == ("google", "org", ADMIN)


@pytest.mark.requirement("F1")
async def test_a_rule_is_for_its_tenant_only(gateway: Harness) -> None:
    foreign = await gateway.api(Role.ADMIN, tenant="other")
    body = {"enabled": False, "personal": False}
    assert (await foreign.put(f"{RULES}/google", json=body)).status_code == 200
    api = await gateway.api(Role.ADMIN)
    assert (await api.get(RULES)).json() == {"rules": []}
    await connect(gateway, "google")
    assert (await gateway.token("google", "alice")).status_code == 200


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("nowhere", {"enabled": True, "personal": True}, 404, "connector_unknown"),
        ("google", {"enabled": True}, 422, "invalid_request"),
        ("google", {"enabled": "no", "personal": True}, 422, "invalid_request"),
        ("google", {"enabled": True, "personal": True, "users": []}, 422, "invalid_request"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(
    gateway: Harness, name: str, body: dict[str, Any], status: int, code: str
) -> None:
    api = await gateway.api(Role.ADMIN)
    problem(await api.put(f"{RULES}/{name}", json=body), status, code)
    assert (await api.get(RULES)).json() == {"rules": []}


async def test_rules_hold_for_pasted_keys(
    mongodb_url: str, database_name: str, tmp_path: Path, clock: FakeClock, rows: Rows
) -> None:
    providers = Providers()
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, providers, clock=clock
    ) as gateway:
        browser = await gateway.browser("alice")
        await browser.open("/dashboard/connectors")
        token = browser.csrf_token()
        api = await gateway.api(Role.CONNECTIONS)
        org: dict[str, Any] = {"inputs": INPUTS, "owner": "org"}
        await rule(gateway, "keyed", personal=False)
        refused = await paste(browser, "keyed", INPUTS, token=token)
        problem(refused, 403, "personal_forbidden")
        assert (await browser.open("/connectors/keyed")).status_code == 403
        await rule(gateway, "keyed", enabled=False)
        problem(await api.post("/v1/connectors/keyed/connect", json=org), 403, "connector_off")
        assert providers.requests == []
        await rule(gateway, "keyed", personal=False)
        made = await api.post("/v1/connectors/keyed/connect", json=org)
        assert made.status_code == 200, made.text
    assert [row["owner"] for row in await rows.connections()] == ["org"]
