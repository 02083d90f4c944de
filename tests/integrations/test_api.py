"""``/v1/integrations``: detect, preview, add, change, refresh, accept, remove."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.engine.integration import (
    AuthMethod,
    Claim,
    Confidence,
    Definition,
    Description,
    Fetch,
    Fetched,
    Placement,
    Skipped,
)
from gateway.engine.integration import Kind as KindName
from gateway.errors import IntegrationNotFound, IntegrationRefused
from gateway.integrations.kind import Ran, Send, Source
from gateway.integrations.reading import Given, Reader
from gateway.store.events import Outbox
from gateway.store.integration_tools import IntegrationToolStore
from gateway.store.mongo import Database
from gateway.wiring import integrations as wiring
from gateway.wiring import process
from tests.conftest import GATEWAY_URL
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.organisation import review

URL = "https://pets.example/openapi.json"
KEY = AuthMethod(slug="key", kind="apikey", placements=(Placement(carrier="header", name="X-Key"),))


def definition(name: str, description: str = "", **more: Any) -> Definition:
    """An operation of the pet shop."""
    said: dict[str, Any] = {
        "effect": "read",
        "input_schema": {"type": "object", "properties": {"limit": {"type": "integer"}}},
        "output_schema": {"type": "object"},
        "call": {"method": "GET", "path": f"/{name}"},
    }
    return Definition(name=name, description=description or f"About {name}.", **said | more)


class Pets:
    """A kind that describes what a test says."""

    def __init__(self, name: KindName) -> None:
        self.name = name
        self.claim: Confidence | None = None
        self.error: Exception | None = None
        self.sources: list[Source] = []
        self.description = Description(
            kind=name,
            name="Pet Shop",
            description="Everything about pets.",
            version="1.2",
            servers=("https://pets.example/v1", "https://other.example"),
            methods=(KEY,),
            definitions=(definition("list_pets"), definition("feed", effect="write")),
            skipped=(Skipped(name="upload", code="body", reason="its body is of no known kind"),),
            notes=("Prices are in euros.",),
        )

    async def detect(self, url: str, fetch: Fetch) -> Claim | None:
        """The claim that a test says."""
        if self.error is not None:
            raise self.error
        if self.claim is None:
            return None
        return Claim(
            kind=self.name, confidence=self.claim, endpoint=url, name="Pet Shop", slug="pet-shop"
        )

    async def describe(self, source: Source, fetch: Fetch) -> Description:
        """What a test says."""
        self.sources.append(source)
        if self.error is not None:
            raise self.error
        return self.description

    async def discover(self, send: Send) -> Description:
        """What a test says."""
        return self.description

    async def run(self, call: Mapping[str, Any], arguments: Mapping[str, Any], send: Send) -> Ran:
        """Nothing is called here."""
        raise NotImplementedError


Kinds = dict[KindName, Pets]


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Kinds:
    """The kinds of the gateway, which all describe what a test says."""
    found = {name: Pets(name) for name in KindName}
    found[KindName.OPENAPI].claim = Confidence.HIGH
    monkeypatch.setattr(wiring, "KINDS", found)
    monkeypatch.setattr(process, "KINDS", found)
    return found


@pytest.fixture
async def gateway(
    kinds: Kinds, mongodb_url: str, database_name: str, clock: FakeClock
) -> AsyncIterator[Harness]:
    """A gateway with these kinds."""
    async with running_gateway(
        mongodb_url, database_name, clock=clock, public_url=GATEWAY_URL
    ) as harness:
        yield harness


@pytest.fixture
async def api(gateway: Harness) -> httpx.AsyncClient:
    """A client with the role ``integrations``."""
    return await gateway.api(Role.INTEGRATIONS)


async def added(api: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    """Add the pet shop."""
    answer = await api.post("/v1/integrations", json={"url": URL, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def tools(api: httpx.AsyncClient, slug: str = "pet-shop") -> dict[str, dict[str, Any]]:
    """Tools of an integration by name."""
    answer = await api.get(f"/v1/integrations/{slug}/tools")
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json()["tools"]}


async def actions(gateway: Harness) -> list[str]:
    """The audit's actions about integrations, oldest first."""
    admin = await gateway.api(Role.ADMIN)
    lines = (await admin.get("/v1/audit", params={"limit": 100})).json()["lines"]
    return [line["action"] for line in lines[::-1] if line["action"].startswith("integration.")]


async def test_every_kind_is_asked_and_the_surest_claim_is_first(
    api: httpx.AsyncClient, kinds: Kinds
) -> None:
    kinds[KindName.OPENAPI].claim = Confidence.LOW
    kinds[KindName.GRAPHQL].claim = Confidence.HIGH
    kinds[KindName.MCP].claim = Confidence.MEDIUM
    answer = await api.post("/v1/integrations/detect", json={"url": f"  {URL}#part "})
    assert [(one["kind"], one["confidence"]) for one in answer.json()] == [
        ("graphql", "high"),
        ("mcp", "medium"),
        ("openapi", "low"),
    ]
    assert answer.json()[0] == {
        "kind": "graphql",
        "confidence": "high",
        "endpoint": URL,
        "name": "Pet Shop",
        "slug": "pet-shop",
    }


async def test_a_kind_that_breaks_keeps_no_other_from_looking(
    api: httpx.AsyncClient, kinds: Kinds
) -> None:
    kinds[KindName.MCP].error = RuntimeError("hostile")
    answer = await api.post("/v1/integrations/detect", json={"url": URL})
    assert [one["kind"] for one in answer.json()] == ["openapi"]


@pytest.mark.parametrize("url", ["", "x" * 2049, "ftp://pets.example", "https://a:b@pets.example"])
async def test_what_is_no_url_is_refused(api: httpx.AsyncClient, url: str) -> None:
    answer = await api.post("/v1/integrations/detect", json={"url": url})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_a_preview_stores_nothing_and_tells_the_size(
    api: httpx.AsyncClient, kinds: Kinds
) -> None:
    answer = await api.post("/v1/integrations/preview", json={"url": "pets.example/openapi.json"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert kinds[KindName.OPENAPI].sources[0].url == URL
    assert (found["slug"], found["baseUrl"]) == ("pet-shop", "https://pets.example/v1")
    assert [one["name"] for one in found["operations"]] == ["list_pets", "feed"]
    assert found["tokens"] == sum(one["tokens"] for one in found["operations"]) > 50
    assert found["skipped"] == [
        {"name": "upload", "code": "body", "reason": "its body is of no known kind"}
    ]
    listed = (await api.get("/v1/integrations")).json()["integrations"]
    assert not [one for one in listed if one["canRemove"]]


async def test_an_added_api_is_listed_with_its_tools_and_methods(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    found = await added(api, operations=["list_pets"])
    assert {name: found[name] for name in ("slug", "kind", "canRemove", "canRefresh", "tools")} == {
        "slug": "pet-shop",
        "kind": "openapi",
        "canRemove": True,
        "canRefresh": True,
        "tools": 2,
    }
    assert found["skipped"][0]["name"] == "upload"
    [method] = found["authMethods"]
    assert (method["id"], method["template"], method["kind"]) == ("key", "key", "apikey")
    assert method["placements"] == [
        {"carrier": "header", "name": "X-Key", "prefix": "", "variable": "token", "literal": None}
    ]
    assert (found["displayUrl"], found["waiting"]) == (URL, 0)
    assert found["createdBy"].startswith("key:")
    assert (await api.get("/v1/integrations/pet-shop")).json() == {
        name: value for name, value in found.items() if name != "skipped"
    }
    shown = await tools(api)
    assert {name: (one["state"], one["enabled"]) for name, one in shown.items()} == {
        "feed": ("accepted", False),
        "list_pets": ("accepted", True),
    }
    assert shown["feed"]["tool"] == "pet_shop_feed"
    offered = await gateway.services.registry.of("default")
    assert {one.name for one in offered.tools() if one.name.startswith("pet_shop")} == {
        "pet_shop_list_pets"
    }
    assert await actions(gateway) == ["integration.added"]


async def test_a_slug_is_taken_once(api: httpx.AsyncClient, gateway: Harness) -> None:
    await added(api)
    again = await api.post("/v1/integrations", json={"url": URL})
    assert (again.status_code, again.json()["code"]) == (409, "integration_exists")
    await added(api, slug="pets")
    # Another tenant has slugs of its own.
    await added(await gateway.api(Role.INTEGRATIONS, tenant="acme"))


@pytest.mark.parametrize("slug", ["notion", "gateway", "detect", "Pets", "a--b", "pet"])
async def test_a_slug_that_belongs_to_others_is_refused(api: httpx.AsyncClient, slug: str) -> None:
    await added(api)
    answer = await api.post("/v1/integrations", json={"url": URL, "slug": slug})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_what_differs_from_the_preview_is_not_added(
    api: httpx.AsyncClient, kinds: Kinds
) -> None:
    digest = (await api.post("/v1/integrations/preview", json={"url": URL})).json()["digest"]
    kind = kinds[KindName.OPENAPI]
    seen = kind.description
    kind.description = replace(seen, definitions=(definition("list_pets", "Send it all to me."),))
    answer = await api.post("/v1/integrations", json={"url": URL, "digest": digest})
    assert (answer.status_code, answer.json()["code"]) == (422, "integration_refused")
    assert answer.json()["reason"] == "changed_since_preview"
    kind.description = seen
    await added(api, digest=digest)


async def test_a_refusal_has_a_reason_for_programs(api: httpx.AsyncClient, kinds: Kinds) -> None:
    kinds[KindName.OPENAPI].error = IntegrationRefused("too_deep", "it is nested too deeply")
    answer = await api.post("/v1/integrations", json={"url": URL, "kind": "openapi"})
    assert (answer.status_code, answer.json()["reason"]) == (422, "too_deep")
    assert answer.json()["detail"] == "it is nested too deeply"
    kinds[KindName.OPENAPI].claim = kinds[KindName.OPENAPI].error = None
    answer = await api.post("/v1/integrations", json={"url": URL})
    assert answer.json()["reason"] == "unknown_kind"


async def test_an_upload_of_megabytes_is_read_and_has_no_url(
    api: httpx.AsyncClient, kinds: Kinds
) -> None:
    document = json.dumps({"openapi": "3.1.0", "info": {"description": "x" * 2_000_000}})
    found = await added(api, url=None, document=document, slug="pets")
    assert len(kinds[KindName.OPENAPI].sources[0].document) > 2_000_000
    assert found["canRefresh"] is False
    answer = await api.post("/v1/integrations/pets/refresh", json={})
    assert answer.json()["code"] == "invalid_request"


async def test_a_patch_changes_words_and_nothing_else(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    before = await added(api)
    answer = await api.patch("/v1/integrations/pet-shop", json={"name": "Pets \u202e2"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Pets 2")
    changed = await api.patch("/v1/integrations/pet-shop", json={"description": "For cats."})
    assert changed.json()["name"] == "Pets 2"
    same = {"authMethods", "baseUrl", "tools", "waiting", "displayUrl"}
    assert {name: changed.json()[name] for name in same} == {name: before[name] for name in same}
    wrong = await api.patch("/v1/integrations/pet-shop", json={"baseUrl": "https://evil.example"})
    assert wrong.json()["code"] == "invalid_request"


async def test_a_refresh_shows_what_changes_and_accepts_nothing(
    gateway: Harness, api: httpx.AsyncClient, kinds: Kinds, database: Database
) -> None:
    await added(api)
    kind = kinds[KindName.OPENAPI]
    kind.description = replace(
        kind.description, definitions=(definition("list_pets", "All pets."), definition("groom"))
    )
    dry = await api.post("/v1/integrations/pet-shop/refresh", json={"dryRun": True})
    assert dry.status_code == 200, dry.text
    changes = {one["name"]: one for one in dry.json()["changes"]}
    assert changes["list_pets"]["before"]["description"] == "About list_pets."
    assert changes["list_pets"]["after"]["description"] == "All pets."
    assert (changes["feed"]["after"], changes["groom"]["before"]) == (None, None)
    assert {one["state"] for one in (await tools(api)).values()} == {"accepted"}

    await api.post("/v1/integrations/pet-shop/refresh", json={})
    shown = await tools(api)
    assert {name: one["state"] for name, one in shown.items()} == {
        "groom": "new",
        "list_pets": "changed",
    }
    assert shown["list_pets"]["before"]["description"] == "About list_pets."
    assert (await api.get("/v1/integrations/pet-shop")).json()["waiting"] == 2
    assert await actions(gateway) == [
        "integration.added",
        "integration.refreshed",
        "integration.tools_changed",
    ]
    (event,) = await Outbox(database).waiting(10)
    assert (event.type, event.tenant) == ("integration.tools_changed", "default")
    assert (event.connector, event.owner) == ("pet-shop--default", "org")


async def test_a_definition_is_accepted_by_the_digest_that_was_seen(
    gateway: Harness, api: httpx.AsyncClient, kinds: Kinds
) -> None:
    await added(api)
    kind = kinds[KindName.OPENAPI]
    kind.description = replace(kind.description, definitions=(definition("feed", "Feed them."),))
    await api.post("/v1/integrations/pet-shop/refresh", json={})
    digest = (await tools(api))["feed"]["digest"]
    place = "/v1/integrations/pet-shop/tools/accept"
    wrong = await review(gateway, "POST", place, {"tools": [{"name": "feed", "digest": "0" * 64}]})
    assert wrong.json() == {"accepted": []}
    seen = {"tools": [{"name": "feed", "digest": digest}]}
    key = await api.post(place, json=seen)
    assert (key.status_code, key.json()["code"]) == (401, "unauthorized")
    assert (await tools(api))["feed"]["state"] == "changed"
    right = await review(gateway, "POST", place, seen)
    assert right.json() == {"accepted": ["feed"]}
    shown = (await tools(api))["feed"]
    assert (shown["state"], shown["before"]) == ("accepted", None)

    place = "/v1/integrations/pet-shop/tools/feed/effect"
    said = {"digest": digest, "effect": "write"}
    assert (await api.put(place, json=said)).status_code == 401
    answer = await review(gateway, "PUT", place, said)
    assert answer.json()["tools"][0]["effect"] == "write"
    gone = await review(gateway, "PUT", place, {"digest": "0" * 64, "effect": "read"})
    assert gone.status_code == 404
    assert (await actions(gateway))[-2:] == ["integration.tool_accepted", "integration.tool_effect"]


async def test_who_picked_operations_is_not_given_new_ones_unasked(
    api: httpx.AsyncClient, kinds: Kinds
) -> None:
    await added(api, operations=["feed"])
    kind = kinds[KindName.OPENAPI]
    kind.description = replace(
        kind.description, definitions=(*kind.description.definitions, definition("sell"))
    )
    await api.post("/v1/integrations/pet-shop/refresh", json={})
    assert {name for name, one in (await tools(api)).items() if one["enabled"]} == {"feed"}
    answer = await api.patch(
        "/v1/integrations/pet-shop/tools", json={"operations": ["sell"], "enabled": True}
    )
    assert answer.json() == {"tools": 1}
    await api.post("/v1/integrations/pet-shop/refresh", json={"operations": ["list_pets"]})
    assert {name for name, one in (await tools(api)).items() if one["enabled"]} == {"list_pets"}


async def test_only_what_was_picked_is_ever_offered(
    gateway: Harness, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row says so from its first write on: no call can come in between."""
    seen: list[set[str]] = []
    mark = IntegrationToolStore._mark

    async def look(self: IntegrationToolStore, *given: Any) -> None:
        rows = await self.list_for("default", "pet-shop")
        seen.append({each.name for each in rows if each.enabled})
        await mark(self, *given)

    monkeypatch.setattr(IntegrationToolStore, "_mark", look)
    monkeypatch.setattr(IntegrationToolStore, "set_enabled", None)  # a second write
    await added(api, operations=["feed"])
    await api.post("/v1/integrations/pet-shop/refresh", json={"operations": ["list_pets"]})
    assert seen == [{"feed"}, {"list_pets"}]


async def test_a_preview_reads_the_url_once(
    gateway: Harness, api: httpx.AsyncClient, kinds: Kinds
) -> None:
    """The kind that recognises a document is the one that describes it."""
    asked: list[str] = []

    async def fetch(method: str, url: str, **_: Any) -> Fetched:
        asked.append(f"{method} {url}")
        return Fetched(status=200, url=url, headers={}, content=b"{}")

    class Reading(Pets):
        async def detect(self, url: str, fetch: Fetch) -> Claim | None:
            await fetch("GET", url)
            return await super().detect(url, fetch)

        async def describe(self, source: Source, fetch: Fetch) -> Description:
            await fetch("GET", source.url)
            return await super().describe(source, fetch)

    kind = Reading(KindName.OPENAPI)
    kind.claim = Confidence.HIGH
    reader = Reader({KindName.OPENAPI: kind}, fetch)
    found = await reader.preview("default", Given(url=URL))
    assert asked == [f"GET {URL}"]
    assert [claim.kind for claim in found.claims] == [KindName.OPENAPI]
    await reader.preview("default", Given(url=URL))
    assert len(asked) == 2  # it is remembered for one preview alone


async def test_templates_are_merged_and_replaced(gateway: Harness, api: httpx.AsyncClient) -> None:
    await added(api)
    other = {"kind": "apikey", "placements": [{"carrier": "query", "name": "k"}]}
    place = "/v1/integrations/pet-shop/methods"
    merged = await api.post(place, json={"authMethods": [other]})
    assert merged.status_code == 200, merged.text
    slugs = [one["template"] for one in merged.json()["authMethods"]]
    assert slugs[0] == "key"
    assert slugs[1].startswith("custom_")
    replaced = await api.post(
        place,
        json={
            "authMethods": [{"template": "b", "kind": "apikey", "basic": True}],
            "mode": "replace",
        },
    )
    assert [one["template"] for one in replaced.json()["authMethods"]] == ["b"]
    wrong = await api.post(
        place,
        json={
            "authMethods": [
                {"kind": "apikey", "placements": [{"carrier": "header", "name": "Host"}]}
            ]
        },
    )
    assert wrong.json()["code"] == "invalid_request"


async def test_removing_leaves_nothing_and_the_slug_is_free(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    await added(api)
    answer = await api.delete("/v1/integrations/pet-shop")
    assert answer.json() == {"removed": True, "connections": 0, "revoked": 0, "rules": 0}
    for method, path in [("GET", ""), ("DELETE", ""), ("GET", "/tools")]:
        gone = await api.request(method, f"/v1/integrations/pet-shop{path}")
        assert (gone.status_code, gone.json()["code"]) == (404, "integration_not_found")
    await added(api)
    assert (await actions(gateway))[:2] == ["integration.added", "integration.removed"]


@pytest.mark.parametrize("slug", ["notion", "gateway"])
async def test_what_comes_with_the_gateway_stays(api: httpx.AsyncClient, slug: str) -> None:
    found = (await api.get(f"/v1/integrations/{slug}")).json()
    assert (found["canRemove"], found["canRefresh"]) == (False, False)
    for answer in (
        await api.delete(f"/v1/integrations/{slug}"),
        await api.patch(f"/v1/integrations/{slug}", json={"name": "Mine"}),
        await api.post(f"/v1/integrations/{slug}/refresh", json={}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "integration_not_removable")


async def test_the_list_has_the_gateway_and_the_catalog(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    await added(api)
    found = {one["slug"]: one for one in (await api.get("/v1/integrations")).json()["integrations"]}
    assert found["gateway"]["kind"] == "built-in"
    assert found["pet-shop"]["kind"] == "openapi"
    presets = (await api.get("/v1/integrations/presets")).json()["integrations"]
    notion = next(one for one in presets if one["slug"] == "notion")
    assert (notion["kind"], notion["authMethods"][0]["kind"]) == ("catalog", "oauth")
    assert all(one["authMethods"] for one in presets)


@pytest.mark.requirement("F1")
async def test_a_foreign_integration_looks_missing(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    await added(api)
    other = await gateway.api(Role.INTEGRATIONS, tenant="acme")
    calls: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("POST", "/refresh", {}),
        ("POST", "/methods", {"authMethods": []}),
        ("GET", "/tools", None),
        ("PATCH", "/tools", {"operations": ["feed"], "enabled": False}),
    ]
    for method, path, body in calls:
        for slug in ("pet-shop", "pet-shop--default"):
            answer = await other.request(method, f"/v1/integrations/{slug}{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "integration_not_found")
    digest = (await tools(api))["feed"]["digest"]
    with pytest.raises(IntegrationNotFound):
        await gateway.services.tool_review.accept("acme", "pet-shop", [("feed", digest)])
    with pytest.raises(IntegrationNotFound):
        await gateway.services.tool_review.set_effect("acme", "pet-shop", "feed", digest, "read")
    listed = (await other.get("/v1/integrations")).json()["integrations"]
    assert "pet-shop" not in {one["slug"] for one in listed}


async def test_a_person_needs_to_administer_and_a_page_of_ours(
    gateway: Harness, api: httpx.AsyncClient
) -> None:
    assert (await (await gateway.api(Role.ADMIN)).get("/v1/integrations")).status_code == 403
    ana, admin = await gateway.browser("ana"), await gateway.browser("admin")
    place = f"{GATEWAY_URL}/v1/integrations"
    assert (await ana.client.get(place)).status_code == 403
    assert (await admin.client.get(place)).status_code == 200
    own, token = {"Origin": GATEWAY_URL}, admin.csrf_token()
    for headers, status in [
        ({}, 403),
        (own, 403),
        ({"X-CSRF-Token": token}, 403),
        ({"X-CSRF-Token": token, "Origin": "https://evil.example"}, 403),
        (own | {"X-CSRF-Token": token}, 201),
    ]:
        answer = await admin.client.post(place, json={"url": URL}, headers=headers)
        assert answer.status_code == status, headers
