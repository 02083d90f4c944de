"""Connections of integrations: flows and renewals, and tools that belong to one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from gateway.access.service_keys import Role
from gateway.engine.integration import AuthMethod, Description, Kind, OAuth, Placement
from gateway.store.integration_tools import StoredTool
from gateway.store.integrations import Integration
from tests.integrations.live import add, call, connect
from tests.support.gateway import Harness
from tests.support.remote_api import API_KEY, CLIENT_ID, RemoteApi, mcp_tool

KEY = AuthMethod(
    slug="key",
    kind="apikey",
    placements=(Placement(carrier="header", name="X-Api-Key", variable="token"),),
)
NOTHING = Description(kind=Kind.MCP, name="Pet shop")


async def tools_of(harness: Harness) -> dict[str, dict[str, Any]]:
    """The tools of the pet shop that ada finds."""
    api = await harness.api(Role.TOOLS)
    found = await api.get("/v1/tools", params={"user": "ada", "connector": "petstore"})
    return {each["name"]: each for each in found.json()["tools"]}


async def accept(harness: Harness, row: Integration, *, reads: bool = False) -> StoredTool:
    """Accept the only tool, perhaps as one that only reads."""
    rows = harness.services.integration_tools
    (tool,) = await rows.list_for(row.tenant, row.slug)
    await rows.accept(row, tool.name, tool.digest)
    if reads:
        await rows.set_effect(row, tool.name, tool.digest, "read")
    return tool


async def add_endpoint(
    harness: Harness, shop: RemoteApi, kind: Kind, *methods: AuthMethod
) -> Integration:
    """Add the shop's endpoint of a kind, whose tools each connection reads."""
    return await add(
        harness,
        shop,
        NOTHING,
        kind=kind,
        base_url=f"{shop.url}/{kind}",
        methods=methods or (KEY,),
        per_connection=True,
    )


async def set_app(harness: Harness) -> None:
    """Set the shop's app as an administrator."""
    admin = await harness.api(Role.ADMIN)
    app = {"client_id": CLIENT_ID, "client_secret": ""}
    assert (await admin.put("/v1/connectors/petstore/apps", json=app)).status_code == 200


async def test_a_flow_of_oauth_connects_and_the_worker_renews(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    await add(harness, shop, await described(shop))
    await set_app(harness)
    browser = await harness.browser("ada")
    await browser.start("petstore--default")
    assert browser.outcome() == "connected", browser.text[:3000]
    asked = shop.oauth.requests("authorize")[0]
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].endswith("/v1/connectors/petstore--default/callback")
    assert (await call(harness, "petstore_get_pet", petId="p1")).status_code == 200

    harness.clock.advance(minutes=58)
    renewals = harness.services.integration_renewals
    await renewals.walk(asyncio.Event())
    await renewals.idle()
    grants = [given["grant_type"] for given in shop.oauth.requests("token")]
    assert grants == ["authorization_code", "refresh_token"]


async def test_a_graphql_endpoint_tells_its_tools_to_a_connection(
    harness: Harness, shop: RemoteApi
) -> None:
    await add_endpoint(harness, shop, Kind.GRAPHQL)
    assert await tools_of(harness) == {}
    assert (await connect(harness, {"token": API_KEY})).status_code == 200
    found = await tools_of(harness)
    assert {name: each["effect"] for name, each in found.items()} == {
        "petstore_pet": "read",
        "petstore_pets": "read",
        "petstore_rename_pet": "write",
        "petstore_close_shop": "write",
    }
    # Nobody has accepted any of them.
    assert {each["policy"] for each in found.values()} == {"ask"}


async def test_a_tool_of_a_server_asks_again_when_its_definition_changes(
    harness: Harness, shop: RemoteApi
) -> None:
    row = await add_endpoint(harness, shop, Kind.MCP)
    await connect(harness, {"token": API_KEY})
    assert [*await tools_of(harness)] == ["petstore_greet"]
    first = await call(harness, "petstore_greet", name="Rex")
    assert (first.status_code, first.json()["code"]) == (202, "approval_required")
    await accept(harness, row, reads=True)
    greeted = await call(harness, "petstore_greet", name="Rex")
    assert greeted.status_code == 200, greeted.text
    assert "greet Rex" in greeted.text

    shop.tools = [mcp_tool("greet", "Greet a pet, and give it away.", readOnlyHint=True)]
    before = len(shop.calls)
    refused = await call(harness, "petstore_greet", name="Rex")
    assert (refused.status_code, refused.json()["code"]) == (409, "tool_changed")
    assert not [seen for seen in shop.calls[before:] if seen.json["method"] == "tools/call"]
    again = await call(harness, "petstore_greet", name="Rex")
    assert (again.status_code, again.json()["code"]) == (202, "approval_required")
    tool = await accept(harness, row)
    assert tool.before is not None
    assert (tool.before.description, tool.effect) != (tool.definition.description, "read")


async def test_a_call_that_needs_more_asks_for_it_beside_all_that_was_granted(
    harness: Harness, shop: RemoteApi
) -> None:
    shop.oauth.scopes = ["pets:read"]
    oauth = OAuth(discovery_url=f"{shop.url}/mcp")
    signing_in = AuthMethod(slug="oauth", kind="oauth", oauth=oauth)
    row = await add_endpoint(harness, shop, Kind.MCP, signing_in)
    await set_app(harness)
    browser = await harness.browser("ada")
    await browser.start(row.id)
    assert browser.outcome() == "connected", browser.text[:3000]
    assert [*await tools_of(harness)] == ["petstore_greet"]
    await accept(harness, row, reads=True)

    for needed, together in [
        ("pets:write", "pets:read pets:write"),
        ("pets:sell", "pets:read pets:write pets:sell"),
    ]:
        shop.oauth.needed = needed
        refused = (await call(harness, "petstore_greet", name="Rex")).json()
        assert refused["code"] == "scopes_required", refused
        link = httpx.URL(refused["connect_url"])
        assert link.params["scopes"] == needed
        await browser.start(row.id, f"?{link.query.decode()}")
        assert browser.outcome() == "reconnected", browser.text[:3000]
        assert shop.oauth.requests("authorize")[-1]["scope"] == together
        greeted = await call(harness, "petstore_greet", name="Rex")
        assert greeted.status_code == 200, greeted.text

    # A server that is never content asks nobody again for what they have granted.
    shop.oauth.withholds = True
    refused = (await call(harness, "petstore_greet", name="Rex")).json()
    assert (refused["code"], refused["reason"]) == ("tool_failed", "insufficient_scope")
    # Others, who connect for the first time, are asked for what the server names at first.
    other = await harness.browser("bob")
    await other.start(row.id)
    assert shop.oauth.requests("authorize")[-1]["scope"] == "pets:read"


async def test_a_refresh_lets_each_connection_read_its_tools_again(
    harness: Harness, shop: RemoteApi
) -> None:
    await add_endpoint(harness, shop, Kind.MCP)
    await connect(harness, {"token": API_KEY})
    assert [*await tools_of(harness)] == ["petstore_greet"]
    shop.tools = [mcp_tool("greet", "Greet a pet."), mcp_tool("wave", "Wave at a pet.")]
    assert [*await tools_of(harness)] == ["petstore_greet"]
    harness.clock.advance(seconds=1)
    api = await harness.api(Role.INTEGRATIONS)
    answer = await api.post("/v1/integrations/petstore/refresh", json={})
    assert (answer.status_code, answer.json()["later"]) == (200, True)
    assert {*await tools_of(harness)} == {"petstore_greet", "petstore_wave"}


async def test_tools_end_with_their_connection(harness: Harness, shop: RemoteApi) -> None:
    await add_endpoint(harness, shop, Kind.MCP)
    made = (await connect(harness, {"token": API_KEY})).json()
    assert [*await tools_of(harness)] == ["petstore_greet"]
    connections = await harness.api(Role.CONNECTIONS)
    await connections.delete(f"/v1/connections/{made['id']}")
    assert await tools_of(harness) == {}
    assert await harness.services.integration_tools.list_for("default") == []


async def test_a_server_that_refuses_leaves_the_other_tools(
    harness: Harness, shop: RemoteApi
) -> None:
    row = await add_endpoint(harness, shop, Kind.MCP)
    made = (await connect(harness, {"token": "another-key-than-the-right-one"})).json()
    api = await harness.api(Role.TOOLS)
    found = await api.get("/v1/tools", params={"user": "ada", "limit": 3})
    assert len(found.json()["tools"]) == 3
    mark = (await harness.services.integration_tools.synced(row.tenant))[row.slug, made["id"]]
    assert mark.problem
    assert mark.synced_at is None


async def test_what_people_entrusted_to_one_host_goes_to_no_other(
    harness: Harness, shop: RemoteApi, described: Callable[[RemoteApi], Any]
) -> None:
    """Whoever may change an integration cannot send the accounts of others elsewhere."""
    await add(harness, shop, await described(shop), methods=(KEY,))
    assert (await connect(harness, {"token": API_KEY})).status_code == 200
    api = await harness.api(Role.INTEGRATIONS)
    here = "/v1/integrations/petstore"
    other = {"template": "other", "kind": "apikey", "basic": True}
    for path, body in [
        ("/methods", {"authMethods": [other], "mode": "replace"}),
        ("/refresh", {"baseUrl": "https://evil.example/api"}),
        ("/refresh", {"baseUrl": f"{shop.url}/api".replace("127.0.0.1", "localhost")}),
    ]:
        refused = await api.post(f"{here}{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
        assert "Disconnect" in refused.json()["detail"]
    assert (await api.get(here)).json()["baseUrl"] == f"{shop.url}/api"
    assert (await api.post(f"{here}/methods", json={"authMethods": [other]})).is_success
    # The same host again: everything asks until somebody accepts it there.
    moved = await api.post(f"{here}/refresh", json={"baseUrl": f"{shop.url}/v2"})
    assert moved.status_code == 200, moved.text
    tools = (await api.get(f"{here}/tools")).json()["tools"]
    assert {each["state"] for each in tools} == {"changed"}
