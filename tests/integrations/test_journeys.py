"""From a URL to a call, for each kind: what an administrator, a person and an agent go through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.gateway import FakeClock, running_gateway
from tests.support.integrating import SLUG, Integrating, integrating
from tests.support.remote_api import API_KEY, CLIENT_ID, CLIENT_SECRET, PASSWORD, USER, allowed
from tests.support.waiting import until


@pytest.fixture
async def world(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> AsyncIterator[Integrating]:
    async with integrating(mongodb_url, database_name, clock=clock) as found:
        yield found


def methods(integration: dict[str, Any]) -> dict[str, str]:
    """The auth templates of an integration: slug -> kind."""
    return {each["template"]: each["kind"] for each in integration["authMethods"]}


async def test_a_document_becomes_tools_with_a_key_of_each_person(world: Integrating) -> None:
    (claim, *_) = await world.got("POST", "/detect", url=world.api.document_url)
    assert (claim["kind"], claim["confidence"]) == ("openapi", "high")
    assert not world.api.calls
    added = await world.add()
    assert (added["slug"], added["kind"], added["canRemove"]) == (SLUG, "openapi", True)
    assert {"key": "apikey", "account": "oauth"}.items() <= methods(added).items()

    tools = await world.discover()
    assert tools.keys() == {
        f"petstore_{name}" for name in ("list_pets", "create_pet", "get_pet", "delete_pet")
    }
    needed = tools["petstore_list_pets"]
    assert (needed["available"], needed["reason"]) == (False, "connector_required")
    assert f"/connectors/{SLUG}" in needed["connector_required"][0]["connect_url"]
    refused = await world.call("petstore_list_pets")
    assert refused.json()["code"] == "connector_required", refused.text

    browser = await world.harness.browser("alice")
    await browser.open(f"/connectors/{SLUG}?method=key")
    await browser.submit({"input.token": API_KEY, "input.template": "key"}, action="/connect")
    assert browser.outcome() in {"key_stored", "key_unproven", "key_unchecked"}, browser.text
    assert (await world.discover())["petstore_list_pets"]["available"]
    assert not (await world.discover("bob"))["petstore_list_pets"]["available"]
    found = await world.result("petstore_list_pets", {"limit": 2, "tags": ["a b", "c&d=e"]})
    assert [pet["id"] for pet in found["body"]] == ["p1", "p2"]
    (call,) = world.api.calls
    assert call.headers["x-api-key"] == API_KEY
    assert call.query == (("limit", "2"), ("tags", "a b"), ("tags", "c&d=e"))
    assert API_KEY not in str(found)

    pet = {"id": "p3", "name": "Ada"}
    answer = await world.approved("petstore_create_pet", {"body": pet})
    assert answer.status_code == 200, answer.text
    assert world.api.pets["p3"] == pet


async def test_basic_of_the_organisation_is_for_everybody(world: Integrating) -> None:
    await world.add()
    inputs = {"template": "login", "username": USER, "password": PASSWORD}
    made = await world.connect_for_org(inputs)
    assert made["owner"] == "org"
    assert PASSWORD not in str(made)
    for user in ("alice", "bob"):
        await world.result("petstore_get_pet", {"petId": "p2"}, user=user)
    assert world.api.calls[-1].path == "/api/pets/p2"
    assert world.api.calls[-1].headers["authorization"].startswith("Basic ")


async def test_an_account_is_linked_renewed_and_removed(world: Integrating) -> None:
    await world.add()
    admin = await world.key(Role.ADMIN)
    app = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = await admin.put(f"/v1/connectors/{SLUG}/apps", json=app)
    assert answer.is_success, answer.text
    assert f"/v1/connectors/{SLUG}--default/callback" in answer.json()["redirect_uri"]
    browser = await world.harness.browser("alice")
    await browser.start(f"{SLUG}--default")
    assert browser.outcome() == "connected", browser.text[:2000]
    (asked,) = world.api.oauth.requests("authorize")
    assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT_ID, "S256")

    await world.result("petstore_get_pet", {"petId": "p1"})
    first = world.api.calls[-1].headers["authorization"]
    world.harness.clock.advance(hours=2)
    world.api.oauth.valid.clear()
    await world.result("petstore_get_pet", {"petId": "p1"})
    assert world.api.calls[-1].headers["authorization"] != first
    grants = [each["grant_type"] for each in world.api.oauth.requests("token")]
    assert grants == ["authorization_code", "refresh_token"]
    token = await world.harness.token(SLUG, "alice")
    assert token.status_code == 200, token.text

    removed = await world.got("DELETE", f"/{SLUG}")
    assert (removed["removed"], removed["connections"]) == (True, 1)
    assert not (await world.connections("alice"))
    assert (await world.ask("GET", f"/{SLUG}")).json()["code"] == "integration_not_found"
    assert (await world.call("petstore_get_pet", {"petId": "p1"})).status_code == 404
    assert (await world.harness.token(SLUG, "alice")).json()["code"] == "connector_unknown"


async def test_a_graphql_endpoint_is_called_by_root_field(world: Integrating) -> None:
    world.api.open = True
    await world.add(f"{world.api.url}/graphql", kind="graphql")
    tools = await world.discover()
    assert {"petstore_pet", "petstore_pets", "petstore_rename_pet"} <= tools.keys()
    found = await world.result("petstore_pet", {"id": "p1", "select": "name owner { name }"})
    assert "Ana" in str(found)
    hostile = 'p1") { id } closeShop: pet(id: "'
    assert (await world.call("petstore_pet", {"id": hostile})).status_code == 200
    assert world.api.calls[-1].json["variables"]["id"] == hostile
    for select in ("id } closeShop { x", "id } } mutation { closeShop", "...on Pet { id } }"):
        refused = await world.call("petstore_pet", {"id": "p1", "select": select})
        assert refused.json()["reason"] == "selection_refused", refused.text
    assert world.api.pets
    await world.asked("petstore_rename_pet", {"id": "p1", "name": "Max"})
    assert world.api.pets["p1"]["name"] == "Rex"


async def test_an_mcp_server_tells_its_tools_to_who_is_connected(world: Integrating) -> None:
    template = {
        "template": "key",
        "kind": "apikey",
        "placements": [{"carrier": "header", "name": "X-Api-Key"}],
    }
    await world.add(f"{world.api.url}/mcp", kind="mcp", authMethods=[template])
    assert "petstore_greet" not in await world.discover()
    await world.connect_for_org({"token": API_KEY, "template": "key"})
    tools = await world.discover()
    assert tools["petstore_greet"]["effect"] == "write"  # the server says that it only reads
    answer = await world.approved("petstore_greet", {"name": "Rex"})
    assert answer.status_code == 200, answer.text
    assert "greet Rex" in answer.text


@pytest.mark.requirement("F1")
async def test_tenants_share_a_slug_and_nothing_else(world: Integrating) -> None:
    world.api.open = world.other.open = True
    nothing: dict[str, Any] = {
        "authMethods": [{"template": "open", "kind": "none"}],
        "mode": "replace",
    }
    await world.add(**nothing)
    await world.add(world.other.document_url, tenant="acme", **nothing)
    for tenant, api in (("default", world.api), ("acme", world.other)):
        found = await world.result("petstore_get_pet", {"petId": "p1"}, tenant=tenant)
        assert found
        assert [call.path for call in api.calls] == ["/api/pets/p1"]
        (listed,) = [
            each
            for each in (await world.got("GET", tenant=tenant))["integrations"]
            if each["slug"] == SLUG
        ]
        assert listed["displayUrl"].startswith(api.url)
    assert (await world.got("DELETE", f"/{SLUG}", tenant="acme"))["removed"]
    assert (await world.ask("GET", f"/{SLUG}", tenant="acme")).status_code == 404
    await world.result("petstore_get_pet", {"petId": "p2"})


async def test_what_one_process_adds_another_serves(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    """And what it removes is gone there, too."""
    async with (
        integrating(mongodb_url, database_name, clock=clock) as world,
        running_gateway(
            mongodb_url,
            database_name,
            clock=clock,
            public_url=GATEWAY_URL,
            egress_allow=allowed(world.api, world.other),
        ) as second,
    ):
        tools = await second.api(Role.TOOLS)

        async def call() -> int:
            body = {"user": "alice", "arguments": {"petId": "p1"}}
            return (await tools.post("/v1/tools/petstore_get_pet/call", json=body)).status_code

        async def works() -> bool:
            return await call() == 200

        async def is_gone() -> bool:
            return await call() == 404

        assert await is_gone()
        await world.add()
        await world.connect_for_org({"token": API_KEY, "template": "key"})
        await until(works)
        await world.got("DELETE", f"/{SLUG}")
        await until(is_gone)
