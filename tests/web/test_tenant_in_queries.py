"""Every query has a tenant: MongoDB's profiler records the queries of the whole API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.access.service_keys import Role
from tests.support.agents import new_agent
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.metering import DONE, call
from tests.support.profile import Command, profiling
from tests.support.uploads import every_step

TENANTS_OWN = {"connections", "service_keys", "webhooks", "oauth_apps", "sessions", "audit"} | {
    "usage",
    "usage_rules",
    "policies",
    "approvals",
    "budgets",
    "cool_downs",
    "oauth_grants",
    "integrations",
    "tools",
}
"""The collections whose rows belong to tenants and are reached by the API."""

WITHOUT_TENANT: dict[tuple[str, str, frozenset[str]], str] = {
    ("service_keys", "find", frozenset({"_id"})): "who calls: this is where the tenant comes from",
    (
        "sessions",
        "find",
        frozenset({"_id", "expires_at", "seen_at"}),
    ): "the same, by the cookie's hash",
    (
        "oauth_grants",
        "find",
        frozenset({"_id", "expires_at"}),
    ): "the same, by the id in an agent's code or refresh token",
}
"""Collection, command and fields of each query that names no tenant, with the reason."""


def queries(command: Command) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and filter of what a command looks for; an insert looks for nothing."""
    for name, field in (("find", "filter"), ("findAndModify", "query"), ("count", "query")):
        if name in command:
            yield name, command.get(field, {})
    if "aggregate" in command:
        first = command["pipeline"][0]
        yield "aggregate", first.get("$match", {})
    if "q" in command:
        yield "write", command["q"]


@pytest.mark.requirement("F1")
async def test_every_query_of_the_api_names_a_tenant(
    gateway: Harness, mongodb_url: str, database_name: str
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    await browser.connect("google", ACCOUNTS["google-work"])
    api = await gateway.api(*Role)
    async with profiling(mongodb_url, database_name) as profile:
        for action in ("token", "refresh"):
            answer = await api.post(f"/v1/connectors/google/{action}", json={"user": "alice"})
            assert answer.status_code == 200
        headers = {"Gateway-User": "alice"}
        called = await api.get("/v1/proxy/google/oauth2/v3/userinfo", headers=headers)
        assert called.status_code == 200
        listed = (await api.get("/v1/connections?user=alice")).json()["connections"]
        address = f"/v1/connections/{listed[1]['id']}"
        assert (await api.get(address)).status_code == 200
        assert (await api.patch(address, json={"is_default": True})).status_code == 200
        assert (await api.delete(address)).status_code == 200
        key = (await api.post("/v1/keys", json={"roles": ["tokens"]})).json()
        assert (await api.get("/v1/keys")).status_code == 200
        assert (await api.delete(f"/v1/keys/{key['id']}")).status_code == 204
        hook = {"url": "https://tools.example.com/hook"}
        made = (await api.post("/v1/webhooks", json=hook)).json()
        assert (await api.get("/v1/webhooks")).status_code == 200
        assert (await api.delete(f"/v1/webhooks/{made['id']}")).status_code == 204
        apps = "/v1/connectors/google/apps"
        body = {"client_id": "own", "client_secret": "own-secret"}
        (app,) = (await api.put(apps, json=body)).json()["apps"]
        assert (await api.delete(f"{apps}/{app['id']}")).status_code == 204
        assert (await api.get("/v1/audit")).status_code == 200
        budget = {"unit": "calls", "most": 9, "period": "day"}
        rules = {"revision": 0, "rules": [{"id": "day", "name": "Day", "budget": budget}]}
        assert (await api.put("/v1/budgets", json=rules)).status_code == 200
        attempt = await gateway.services.meter.admit(call())
        await attempt.settle(DONE)
        await gateway.services.meter.flush()
        rule = {"id": "ask", "pattern": "gmail_*", "decision": "ask"}
        wanted = {"revision": 0, "rules": [rule]}
        assert (await api.put("/v1/policies", json=wanted)).status_code == 200
        for path in ("/v1/budgets", "/v1/usage?by=day", "/v1/usage/events", "/v1/policies"):
            assert (await api.get(path)).status_code == 200
        assert (await api.get("/v1/approvals?user=alice")).status_code == 200
        unknown = await api.get("/v1/approvals/apr_unknown")
        assert unknown.status_code == 404
        await every_step(gateway, api)
        agent = await new_agent(gateway)
        tokens = await agent.log_in(browser)
        assert (await agent.refresh(tokens["refresh_token"])).status_code == 200
        await browser.open("/oauth/clients")
        await browser.submit(action="/oauth/clients/end")
        await browser.open(f"{gateway.settings.public_url}/dashboard/connectors")
        assert (await api.delete("/v1/sessions?user=alice")).status_code == 200
        asked = await profile.asked()

    seen = set()
    strange = []
    for collection, command in asked:
        for name, query in queries(command):
            if collection not in TENANTS_OWN:
                continue
            seen.add(collection)
            fields = frozenset(query)
            tenant = query.get("tenant")
            if tenant != "default" and (collection, name, fields) not in WITHOUT_TENANT:
                strange.append((collection, name, sorted(fields)))
    assert strange == []
    assert seen == TENANTS_OWN
