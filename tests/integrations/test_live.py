"""An integration in the running gateway: connected, called, passed on, pinned, and its tenant's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.access.service_keys import Role
from gateway.engine.integration import AuthMethod, Definition
from gateway.store.integration_tools import EVERYBODY
from tests.integrations.live import add, call, connect
from tests.support.gateway import Harness
from tests.support.remote_api import API_KEY, PASSWORD, USER, RemoteApi


async def test_a_connected_integration_is_a_connector_like_any_other(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    await add(harness, shop, await described(shop))
    tools = (
        await (await harness.api(Role.TOOLS)).get(
            "/v1/tools", params={"user": "ada", "connector": "petstore"}
        )
    ).json()["tools"]
    by_name = {each["name"]: each for each in tools}
    assert by_name["petstore_list_pets"]["reason"] == "connector_required"

    chosen = await connect(harness, {"template": "key", "token": API_KEY})
    assert chosen.status_code == 200, chosen.text
    assert chosen.json()["connector"] == "petstore--default"

    answer = await call(harness, "petstore_list_pets", limit=2)
    assert answer.status_code == 200, answer.text
    assert [pet["id"] for pet in answer.json()["result"]["body"]] == ["p1", "p2"]
    assert shop.calls[-1].headers["x-api-key"] == API_KEY

    token = await harness.token("petstore", "ada")
    assert token.json()["api"]["headers"] == {"X-Api-Key": API_KEY}
    again = await harness.token("petstore--default", "ada")
    assert again.json()["access_token"] == API_KEY

    proxy = await harness.api(Role.PROXY)
    passed = await proxy.get("/v1/proxy/petstore/pets/p1", headers={"Gateway-User": "ada"})
    assert passed.json()["name"] == "Rex"


async def test_a_connection_uses_the_template_that_it_was_made_with(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    await add(harness, shop, await described(shop))
    assert (await connect(harness, {"username": USER})).status_code == 422
    made = await connect(harness, {"template": "login", "username": USER, "password": PASSWORD})
    assert made.status_code == 200, made.text
    assert (await call(harness, "petstore_get_pet", petId="p1")).status_code == 200
    assert shop.calls[-1].headers["authorization"].startswith("Basic ")


async def test_an_api_without_a_credential_needs_no_connection(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    shop.open = True
    nothing = AuthMethod(slug="none", kind="none")
    await add(harness, shop, await described(shop), methods=(nothing,))
    answer = await call(harness, "petstore_get_pet", petId="p2")
    assert answer.json()["result"]["body"] == {"id": "p2", "name": "Mia"}
    assert "authorization" not in shop.calls[-1].headers


async def test_a_write_asks_and_arguments_are_checked_by_their_places(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    await add(harness, shop, await described(shop))
    await connect(harness, {"template": "key", "token": API_KEY})
    asked = await call(harness, "petstore_delete_pet", petId="p1")
    assert (asked.status_code, asked.json()["code"]) == (202, "approval_required")
    wrong = await call(harness, "petstore_list_pets", limit="many secrets", other=1)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_arguments")
    assert "secrets" not in wrong.text
    assert "limit" in wrong.text
    assert shop.calls == []


async def test_a_changed_definition_asks_before_it_runs_and_voids_approvals(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    found = await described(shop)
    row = await add(harness, shop, found)
    await connect(harness, {"template": "key", "token": API_KEY})
    waiting = await call(harness, "petstore_delete_pet", petId="p1")
    approval = waiting.json()["approval"]["id"] if "approval" in waiting.json() else None

    def reworded(each: Definition) -> Definition:
        return replace(each, description=f"{each.description} Really.")

    changed = [reworded(each) for each in found.definitions]
    await harness.services.integration_tools.sync(
        row, EVERYBODY, changed, now=harness.clock(), accept=False
    )
    read = await call(harness, "petstore_list_pets")
    assert (read.status_code, read.json()["code"]) == (202, "approval_required")
    assert shop.calls == []
    if approval is not None:
        status = await (await harness.api(Role.TOOLS)).get(f"/v1/approvals/{approval}")
        assert status.json()["state"] == "void"
    (tool,) = [each for each in changed if each.name == "list_pets"]
    await harness.services.integration_tools.accept(row, tool.name, tool.digest)
    assert (await call(harness, "petstore_list_pets")).status_code == 200


async def test_another_address_asks_although_the_document_is_the_same(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    row = await add(harness, shop, await described(shop))
    await connect(harness, {"template": "key", "token": API_KEY})
    await harness.token("petstore--default", "ada")
    await harness.services.integration_rows.replace(replace(row, base_url=f"{shop.url}/other"))
    moved = await call(harness, "petstore_list_pets")
    assert (moved.status_code, moved.json()["code"]) == (202, "approval_required")
    token = await harness.token("petstore--default", "ada")
    assert token.json()["api"]["base_url"] == f"{shop.url}/other"


async def test_the_integration_of_another_tenant_looks_unknown(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    await add(harness, shop, await described(shop))
    await add(harness, shop, await described(shop), tenant="acme", base_url=f"{shop.url}/acme")
    await connect(harness, {"template": "key", "token": API_KEY})
    other = await harness.api(Role.TOKENS, Role.PROXY, Role.TOOLS, tenant="acme")
    mine = await other.post("/v1/connectors/petstore/token", json={"user": "ada"})
    assert (mine.status_code, mine.json()["code"]) == (409, "connector_required")
    for name in ("petstore--default", "petstore--nobody"):
        foreign = await other.post(f"/v1/connectors/{name}/token", json={"user": "ada"})
        assert (foreign.status_code, foreign.json()["code"]) == (404, "connector_unknown")
        passed = await other.get(f"/v1/proxy/{name}/pets", headers={"Gateway-User": "ada"})
        assert passed.status_code == 404
    none = await harness.api(Role.TOOLS, tenant="third")
    tools = await none.get("/v1/tools", params={"user": "ada", "schemas": "none"})
    assert not [each for each in tools.json()["tools"] if each["name"].startswith("petstore")]
    assert (await call(harness, "petstore_list_pets", tenant="third")).status_code == 404


async def test_what_is_removed_is_gone_for_the_next_request(
    harness: Harness, shop: RemoteApi, described: Any
) -> None:
    await add(harness, shop, await described(shop))
    assert (await harness.token("petstore", "ada")).json()["code"] == "connector_required"
    await harness.services.integration_rows.remove("default", "petstore")
    await harness.services.integration_tools.remove("default", "petstore")
    assert (await harness.token("petstore", "ada")).json()["code"] == "connector_unknown"
    assert (await call(harness, "petstore_list_pets")).json()["code"] == "tool_unknown"
