"""The pages that read an integration again: the difference first, without JavaScript."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.support.browser import words
from tests.support.integrating import SLUG, Integrating, integrating
from tests.support.organisation import ADMIN
from tests.support.remote_api import API_KEY

PAGE = f"/dashboard/integrations/{SLUG}"


@pytest.fixture
async def world(mongodb_url: str, database_name: str) -> AsyncIterator[Integrating]:
    """A gateway with the pet shop."""
    async with integrating(mongodb_url, database_name) as found:
        await found.add()
        yield found


def change(world: Integrating) -> None:
    """Let the document of the other address say one thing else, have one more and one less."""
    document = world.other.document
    document["servers"] = [{"url": f"{world.api.url}/api"}]
    document["paths"]["/pets"]["get"]["summary"] = "List all pets"
    document["paths"]["/owners"] = {"get": {"operationId": "listOwners", "responses": {}}}
    del document["paths"]["/pets/{petId}"]["delete"]


async def test_another_url_is_shown_first_and_then_taken_with_what_was_picked(
    world: Integrating,
) -> None:
    change(world)
    browser = await world.harness.browser(ADMIN)
    await browser.open(PAGE)
    await browser.open(browser.links()["Read another document"])
    await browser.submit({"url": world.other.document_url}, button="Show what changes")
    shown = words(browser)
    assert "1 different, 1 new, 1 gone" in shown
    assert "before: List pets" in shown
    assert "now: List all pets" in shown
    before = await world.tools()
    assert {tool["state"] for tool in before.values()} == {"accepted"}
    assert "list_owners" not in before

    await browser.submit(button="Change it", without=("o.create_pet",))
    assert browser.outcome() == "integration_read", words(browser)
    after = await world.tools()
    assert {name: tool["state"] for name, tool in after.items()} == {
        "create_pet": "accepted",
        "get_pet": "accepted",
        "list_pets": "changed",
        "list_owners": "new",
    }
    assert [name for name, tool in after.items() if not tool["enabled"]] == ["create_pet"]
    world.other.fetched.clear()
    await browser.submit(button="Read it again")  # from where it is now
    assert world.other.fetched
    assert not (await world.tools())["create_pet"]["enabled"]


async def test_what_changed_since_it_was_shown_is_not_taken(world: Integrating) -> None:
    change(world)
    browser = await world.harness.browser(ADMIN)
    await browser.open(f"{PAGE}/refresh")
    await browser.submit({"url": world.other.document_url}, button="Show what changes")
    world.other.operation["summary"] = "List pets. Then sell them."
    await browser.submit(button="Change it", without=("o.get_pet",))
    assert browser.page.status_code == 422
    assert "not what was shown" in words(browser)
    assert "Then sell them." in words(browser)
    assert "list_owners" not in await world.tools()
    nothing = [f"o.{name}" for name in ("create_pet", "list_pets", "list_owners", "get_pet")]
    await browser.submit(button="Change it", without=nothing)
    assert "Pick at least one operation" in words(browser)
    await browser.submit({"o.list_pets": "1"}, button="Change it")
    assert browser.outcome() == "integration_read", words(browser)
    offered = [name for name, tool in (await world.tools()).items() if tool["enabled"]]
    assert offered == ["list_pets"]


async def test_a_document_can_be_pasted_and_the_server_kept(world: Integrating) -> None:
    change(world)
    browser = await world.harness.browser(ADMIN)
    await browser.open(f"{PAGE}/refresh")
    await browser.submit({"document": json.dumps(world.other.document)}, button="Show what changes")
    assert "From a pasted document" in words(browser)
    await browser.submit(button="Change it")
    assert browser.outcome() == "integration_read", words(browser)
    assert "list_owners" in await world.tools()
    assert "Read it again" not in words(browser)  # it has no address now
    await browser.open(f"{PAGE}/refresh")
    assert "It was pasted" in words(browser)
    await browser.submit({}, button="Show what changes")
    assert browser.page.status_code == 422
    assert "upload the new document" in words(browser)


async def test_what_cannot_be_read_is_said_and_kept(world: Integrating) -> None:
    browser = await world.harness.browser(ADMIN)
    await browser.open(f"{PAGE}/refresh")
    for url in (f"{world.api.url}/api/pets", "https://10.0.0.1/openapi.json", "ftp://a.example"):
        await browser.submit({"url": url}, button="Show what changes")
        assert browser.page.status_code == 422, url
        assert f'value="{url}"' in browser.page.text
    assert {tool["state"] for tool in (await world.tools()).values()} == {"accepted"}


async def test_another_host_is_refused_before_it_is_offered(world: Integrating) -> None:
    """While accounts are connected, their credentials stay with the host that they are for."""
    browser = await world.harness.browser(ADMIN)
    base_url = f"{world.other.url}/api"
    await browser.open(f"{PAGE}/refresh")
    await browser.submit({"base_url": base_url}, button="Show what changes")
    assert "Requests go to another address" in words(browser)
    shown = browser.page
    await world.connect_for_org({"token": API_KEY, "template": "key"})
    dry = await world.ask("POST", f"/{SLUG}/refresh", baseUrl=base_url, dryRun=True)
    assert dry.json()["code"] == "invalid_request"
    browser.page = shown
    await browser.submit(button="Change it")
    assert browser.page.status_code == 422
    assert "Disconnect the accounts first" in words(browser)
    assert (await world.got("GET", f"/{SLUG}"))["baseUrl"] == f"{world.api.url}/api"


async def test_over_the_api_a_digest_pins_what_a_dry_run_showed(world: Integrating) -> None:
    change(world)
    path, url = f"/{SLUG}/refresh", world.other.document_url
    seen = (await world.got("POST", path, url=url, dryRun=True))["digest"]
    world.other.operation["summary"] = "Sell all pets"
    refused = await world.ask("POST", path, url=url, digest=seen)
    assert refused.json()["code"] == "integration_refused"
    assert "list_owners" not in await world.tools()
    again = (await world.got("POST", path, url=url, dryRun=True))["digest"]
    await world.got("POST", path, url=url, digest=again)
    assert "list_owners" in await world.tools()


async def test_a_server_that_tells_each_connection_its_tools_keeps_its_address(
    world: Integrating,
) -> None:
    await world.add(f"{world.api.url}/mcp", slug="shop-mcp", kind="mcp")
    browser = await world.harness.browser(ADMIN)
    await browser.open("/dashboard/integrations/shop-mcp")
    assert "Read another document" not in words(browser)
    await browser.open("/dashboard/integrations/shop-mcp/refresh")
    await browser.submit({}, button="Show what changes")
    assert "Each connection is asked" in words(browser)
    await browser.submit(button="Change it")
    assert browser.outcome() == "integration_read_later", words(browser)
