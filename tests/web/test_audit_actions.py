"""Each action that the audit knows, done through the public layer and read back through the API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.context import PostConnectionContext
from connectors.hooks import atlassian
from connectors.secret import Secret
from connectors.tools import notion
from gateway.access.service_keys import Role
from gateway.encryption.rotation import Rotation
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.settings.environment import Driver
from gateway.store.audit import Action
from gateway.store.mongo import open_database
from gateway.store.sealed import sealed_stores
from tests.conftest import GATEWAY_URL
from tests.support.agents import decide, new_agent
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.logins import HOST_URL, leads_to, parameters, post_login
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import revoke_at_google
from tests.support.uploads import every_step

NOTES = {"parent_id": notion.PAGE, "title": "Notes", "text": "First"}


async def failing(ctx: PostConnectionContext) -> None:
    """A hook that fails."""
    raise RuntimeError


@pytest.fixture
async def handing_off(
    gateway: Harness, mongodb_url: str, database_name: str, clock: FakeClock
) -> AsyncIterator[Harness]:
    """Another process of the deployment, whose people sign in at their host."""
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        public_url=GATEWAY_URL,
        login="handoff",
        handoff_url=HOST_URL,
        encryption_keys=gateway.settings.encryption_keys.get_secret_value(),
    ) as harness:
        yield harness


async def audit(gateway: Harness, **wanted: Any) -> list[dict[str, Any]]:
    """The default tenant's lines, oldest first."""
    await gateway.services.audit.flush()
    api = await gateway.api(Role.ADMIN)
    answer = await api.get("/v1/audit", params={"limit": 500} | wanted)
    assert answer.status_code == 200, answer.text
    lines: list[dict[str, Any]] = answer.json()["lines"]
    return lines[::-1]


@pytest.mark.requirement("J1")
async def test_every_action_is_recorded_with_its_actor(
    gateway: Harness,
    handing_off: Harness,
    rows: Rows,
    sandbox: SandboxProcess,
    mongodb_url: str,
    database_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And not one line has a secret, an account's name at its provider, or a whole key in it."""
    secrets: list[str] = []

    # Signing in through the host, wrongly and rightly.
    host = await handing_off.browser()
    await host.open("/login/continue?login_challenge=x&login_verifier=y")
    challenge = parameters(leads_to(await post_login(host)))["login_challenge"]
    logins = await gateway.api(Role.LOGINS)
    said = await logins.post("/v1/logins", json={"challenge": challenge, "user": "carol"})
    secrets += [challenge, parameters(said.json()["return_url"])["login_verifier"]]
    await host.open(said.json()["return_url"])
    await logins.delete("/v1/sessions", params={"user": "carol"})
    await handing_off.services.audit.flush()

    # A step after connecting: failed, and repeated.
    browser, connections = await gateway.browser("alice"), await gateway.api(Role.CONNECTIONS)
    monkeypatch.setattr(atlassian, "post_connection", failing)
    await browser.connect("atlassian", "Ana Diaz (ana@acme.example)", site="acme")
    monkeypatch.undo()
    address = f"/v1/connections/{(await rows.connection())['_id']}"
    await connections.post(f"{address}/retry")
    await connections.delete(address)

    # An account: connected, connected again, a second one, a refused one.
    await browser.connect("google", ACCOUNTS["google"])
    first = (await rows.connection())["_id"]
    await browser.connect("google", ACCOUNTS["google"])
    await browser.connect("google", ACCOUNTS["google-work"])
    second = next(row["_id"] for row in await rows.connections() if row["_id"] != first)
    await browser.open("/v1/connectors/google/callback?code=canary-code&state=canary-state")
    await connections.patch(f"/v1/connections/{second}", json={"is_default": True})

    # Tokens: given, refused, renewed, not renewed, ended by the provider, not readable.
    token = (await gateway.token("google", "alice", account=first)).json()["access_token"]
    secrets.append(token)
    await gateway.token("google", "nobody")
    tools = await gateway.api(Role.TOKENS)
    wanted = {"user": "alice", "account": first}
    fresh = await tools.post("/v1/connectors/google/refresh", json=wanted)
    secrets.append(fresh.json()["access_token"])
    sandbox.fail("google", "status_500", count=100)
    await tools.post("/v1/connectors/google/refresh", json={"user": "alice"})
    sandbox.fail("google", "none")
    revoke_at_google(sandbox, secrets[-1])
    await tools.post("/v1/connectors/google/refresh", json=wanted)
    row = next(row for row in await rows.connections() if row["_id"] == first)
    broken = {"status": "active", "tokens.access": row["tokens"]["refresh"]}
    await rows.change_connection(first, **broken)
    await gateway.token("google", "alice", account=first)
    await tools.get("/v1/keys")

    # Actions of operators.
    integrating = await gateway.api(Role.INTEGRATIONS)
    admin, caller = await gateway.api(Role.ADMIN), await gateway.api(Role.TOOLS)
    made = (await admin.post("/v1/keys", json={"roles": ["tokens"], "label": "for CI"})).json()
    await rows.change_key(made["id"], proof=None)
    await gateway.services.keys.adopt("default", Secret(made["key"]))
    await admin.delete(f"/v1/keys/{made['id']}")
    hook = {"url": "https://tools.example.com/hook"}
    webhook = (await admin.post("/v1/webhooks", json=hook)).json()
    await admin.delete(f"/v1/webhooks/{webhook['id']}")
    apps, own = "/v1/connectors/notion/apps", {"client_id": "own", "client_secret": "own-secret"}
    (app,) = (await admin.put(apps, json=own)).json()["apps"]
    await admin.delete(f"{apps}/{app['id']}")
    rule = {"id": "day", "name": "A day", "rate": {"most": 9, "seconds": 60}}
    await admin.put("/v1/budgets", json={"revision": 0, "rules": [rule]})
    await admin.put("/v1/connector-rules/notion", json={"enabled": True, "personal": True})
    secrets += [made["key"], webhook["secret"], own["client_secret"]]

    # A tool that asks: for somebody else to decide, then for its person, and once more.
    await browser.connect("notion", ACCOUNTS["notion"])
    call, wish = "/v1/tools/notion_create_page/call", {"user": "alice", "arguments": NOTES}
    waiting = await caller.post(call, json=wish)
    page = waiting.json()["url"].removeprefix(GATEWAY_URL)
    other = await gateway.browser("bob")
    await other.open(page)
    await browser.open(page)
    await browser.submit(button="Approve this call", action=page)
    assert (await caller.post(call, json=wish)).status_code == 200
    policies = {"revision": 0, "rules": [], "disabled": ["linear"]}
    policies["rules"] = [{"id": "mine", "pattern": "slack_*", "decision": "block"}]
    await admin.put("/v1/policies", json=policies)

    # An API by its document, from the first look to the end.
    await every_step(gateway, integrating)

    # An agent: registered, let in, not let in, and ended.
    agent = await new_agent(gateway)
    tokens = await agent.log_in(browser)
    secrets += [agent.verifier, tokens["access_token"], tokens["refresh_token"]]
    asking = await new_agent(gateway)
    await browser.open(asking.authorize_path())
    await decide(browser, "deny")
    await browser.open("/oauth/clients")
    await browser.submit(action="/oauth/clients/end")

    # The end.
    await connections.delete(f"/v1/connections/{second}")
    secrets += [cookie.value or "" for cookie in browser.client.cookies.jar]
    await browser.open("/dashboard/connectors")
    await browser.submit(button="Sign out")

    async with open_database(mongodb_url, database_name, Driver.MOTOR) as database:
        old = gateway.settings.encryption_keys.get_secret_value()
        vault = Vault(read_encryption_keys(f"k9:{new_encryption_key()},{old}"))
        # Not the proofs: the gateway lacks the new encryption key, and a key reads the audit.
        stores = [store for store in sealed_stores(database) if store.sealed.proven is None]
        rotation = Rotation(vault, stores, gateway.services.audit)
        await rotation.run(lambda rows: None)

    lines = await audit(gateway)
    done = {line["action"] for line in lines}
    assert done == {str(action) for action in Action}
    by_action = {line["action"]: line for line in lines}  # the last of each

    def told(action: Action) -> tuple[str, str, str | None, str | None, str | None]:
        line = by_action[action]
        return (
            line["actor"]["kind"],
            line["outcome"],
            line["user"],
            line["connector"],
            line["connection"],
        )

    nothing = (None, None, None)
    assert told(Action.LOGIN_FAILED) == ("login", "login_unknown", *nothing)
    assert told(Action.LOGIN_ACCEPTED) == ("key", "ok", "carol", None, None)
    assert told(Action.SESSIONS_ENDED) == ("key", "ok", "carol", None, None)
    assert told(Action.LOGIN_SUCCEEDED) == ("login", "ok", "admin", None, None)
    assert told(Action.LOGOUT) == ("session", "ok", "alice", None, None)
    assert told(Action.HOOK_FAILED)[:4] == ("session", "hook_error", "alice", "atlassian")
    assert told(Action.HOOK_DONE)[:4] == ("key", "ok", "alice", "atlassian")
    assert told(Action.CONNECTION_RECONNECTED) == ("session", "ok", "alice", "google", first)
    refused = ("session", "state_unknown", "alice", "google", None)
    assert told(Action.CONNECTION_REFUSED) == refused
    assert told(Action.CONNECTION_DEFAULT_CHANGED) == ("key", "ok", "alice", "google", second)
    assert told(Action.CONNECTION_DISCONNECTED) == ("key", "ok", "alice", "google", second)
    assert told(Action.TOKEN_ISSUED) == ("key", "ok", "alice", "google", first)
    assert told(Action.REFRESH_DONE) == ("key", "ok", "alice", "google", first)
    assert told(Action.REFRESH_FAILED) == ("key", "unavailable", "alice", "google", second)
    assert told(Action.CONNECTION_NEEDS_REAUTH) == ("key", "rejected", "alice", "google", first)
    notion_row = told(Action.TOOL_CALLED)[4]
    assert told(Action.CONNECTION_CREATED) == ("session", "ok", "alice", "notion", notion_row)
    assert told(Action.TOOL_CALLED) == ("key", "ok", "alice", "notion", notion_row)
    assert told(Action.APPROVAL_ASKED) == ("key", "ok", "alice", "notion", notion_row)
    assert told(Action.APPROVAL_REFUSED)[:2] == ("session", "not_asked")
    assert told(Action.APPROVAL_DECIDED)[:3] == ("session", "approved", "alice")
    assert told(Action.APPROVAL_USED) == ("key", "ok", "alice", "notion", notion_row)
    assert told(Action.POLICY_CHANGED)[0] == told(Action.TOOLS_SWITCHED)[0] == "key"
    assert told(Action.INTEGRATION_ADDED) == ("key", "ok", None, "pet-shop--default", None)
    assert by_action[Action.INTEGRATION_TOOLS_CHANGED]["details"]["added"] == ["birds"]
    assert by_action[Action.INTEGRATION_REMOVED]["subject"] == "pet-shop"
    assert told(Action.VAULT_OPEN_FAILED)[2:] == ("alice", "google", first)
    assert told(Action.KEY_REFUSED) == ("key", "forbidden", *nothing)
    assert by_action[Action.KEY_CREATED]["subject"] == made["id"]
    assert by_action[Action.KEY_ADOPTED]["subject"] == made["id"]
    assert by_action[Action.KEY_DELETED]["subject"] == made["id"]
    assert by_action[Action.WEBHOOK_CREATED]["subject"] == webhook["id"]
    assert by_action[Action.WEBHOOK_DELETED]["subject"] == webhook["id"]
    assert by_action[Action.ENCRYPTION_ROTATED]["subject"] == "k9"
    assert told(Action.AGENT_REGISTERED)[:2] == ("login", "ok")
    for action in (Action.AGENT_ALLOWED, Action.AGENT_DENIED, Action.AGENT_ENDED):
        assert told(action) == ("session", "ok", "alice", None, None)
    assert told(Action.AGENT_TOKENS_ISSUED)[:3] == ("login", "ok", "alice")
    refusals = [line for line in lines if line["action"] == Action.TOKEN_REFUSED]
    assert (refusals[0]["user"], refusals[0]["outcome"]) == ("nobody", "connector_required")

    text = json.dumps(lines)
    hidden = [*secrets, "canary-code", "canary-state", "ana.diaz@example.com", "gwk_"]
    assert len(secrets) >= 7
    assert [secret for secret in hidden if secret in text] == []


async def test_a_line_leads_to_the_request_and_to_the_key(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    key, secret = await gateway.services.keys.create(
        tenant="default", roles=[Role.TOKENS], label="reports"
    )
    api = await gateway.api()
    headers = {"Authorization": f"Bearer {secret.reveal()}", "X-Request-Id": "my-request-0001"}
    path = "/v1/connectors/google/token"
    for _ in range(3):  # one of them, and the remembered ones: a line for each
        answer = await api.post(path, json={"user": "alice"}, headers=headers)
        assert answer.status_code == 200

    lines = await audit(gateway, action="token.issued")

    assert len(lines) == 3
    for line in lines:
        assert line["request_id"] == "my-request-0001"
        assert line["actor"] == {
            "kind": "key",
            "key_id": key.id,
            "key_label": "reports",
            "user": None,
        }


async def test_a_connector_that_is_asked_for_and_does_not_exist_puts_no_text_into_a_line(
    gateway: Harness,
) -> None:
    await gateway.token("no-such-connector-canary", "alice")
    (line,) = await audit(gateway, action="token.refused")
    assert (line["connector"], line["outcome"]) == ("unknown", "unknown_connector")
