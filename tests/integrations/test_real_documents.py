"""Documents that nobody here wrote: read, added, and called against a server that follows them.

GitHub's and Stripe's come out of packages, FastAPI's out of FastAPI. The server of the first two
takes the request apart by the document alone, with a reading of its own.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

import pytest
from fastapi import FastAPI, Header, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.access.service_keys import Role
from gateway.integrations import reading
from gateway.integrations.openapi import process
from gateway.integrations.openapi.limits import Limits, limits_for
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.organisation import headers_of
from tests.support.real_documents import GITHUB, STRIPE, Packed, real_document
from tests.support.serving import serving_at

pytestmark = [pytest.mark.long]
KEY = "key-of-the-api-51b7"
SHOP_KEY = APIKeyHeader(name="X-Shop-Key")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time. The limit of the processor's time stays as it is."""

    def patient(size: int) -> Limits:
        return replace(limits_for(size), deadline=300)

    monkeypatch.setattr(process, "limits_for", patient)
    monkeypatch.setattr(reading, "DETECT_SECONDS", 300.0)
    monkeypatch.setattr(reading, "DESCRIBE_SECONDS", 300.0)


@dataclass
class Server:
    """Answers what a document describes, below the path of its first server."""

    content: bytes
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """The operation's id, and what came with the request."""

    def app(self) -> ASGIApp:
        """The document, and everything that it describes."""
        self.document = json.loads(self.content)
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(
            routes=[
                Route("/document.json", lambda _: Response(self.content)),
                Route("/{path:path}", self._answer, methods=methods),
            ]
        )

    async def _answer(self, request: Request) -> Response:
        operation, path = self._operation(request.method, request.scope["raw_path"].decode())
        declared = [self._at(each) for each in operation.get("parameters", [])]
        query = parse_qsl(request.url.query, keep_blank_values=True)
        names = {each["name"] for each in declared if each["in"] == "query"}
        strange = {name.partition("[")[0] for name, _ in query} - names
        body = await request.body()
        kind = request.headers.get("content-type", "").partition(";")[0]
        if strange or (body and kind not in operation["requestBody"]["content"]):
            return JSONResponse({"strange": sorted(strange), "kind": kind}, 400)
        said = {"path": path, "query": query, "body": body.decode(), "headers": request.headers}
        self.asked.append((operation["operationId"], said))
        status = next(code for code in operation["responses"] if code.startswith("2"))
        media = self._at(operation["responses"][status]).get("content", {})
        if "application/json" not in media:
            return Response(status_code=int(status))
        return JSONResponse(self._example(media["application/json"]), int(status))

    def _operation(self, method: str, raw: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The operation of a path, the one with the fewest variables first."""
        for path in sorted(self.document["paths"], key=lambda each: each.count("{")):
            parts = re.split(r"\{[^{}]+\}", path)
            found = re.fullmatch("([^/]+)".join(map(re.escape, parts)), raw)
            operation = self.document["paths"][path].get(method.lower())
            if found and operation:
                return operation, found.groups()
        raise AssertionError(f"no operation for {method} {raw}")

    def _example(self, media: dict[str, Any]) -> Any:
        examples = media.get("examples", {})
        if examples:
            return self._at(next(iter(examples.values())))["value"]
        return self._sample(media["schema"])

    def _sample(self, schema: dict[str, Any]) -> Any:
        schema = self._at(schema)
        for combined in ("allOf", "anyOf", "oneOf"):
            if combined in schema:
                return self._sample(schema[combined][0])
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("type") == "object" or "properties" in schema:
            members = schema.get("properties", {})
            return {name: self._sample(members[name]) for name in schema.get("required", ())}
        samples = {"array": [], "string": "text", "integer": 1, "number": 1.5, "boolean": True}
        return samples.get(schema.get("type", ""))

    def _at(self, part: Any) -> Any:
        while "$ref" in part:
            at: Any = self.document
            for name in part["$ref"].removeprefix("#/").split("/"):
                at = at[name.replace("~1", "/").replace("~0", "~")]
            part = at
        return part


@dataclass
class World:
    """A gateway, and the API of somebody else at ``url``."""

    gateway: Harness
    url: str

    async def ask(self, path: str, role: Role = Role.INTEGRATIONS, **body: Any) -> Any:
        """The answer to a POST that has to work."""
        answer = await (await self.gateway.api(role)).post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def add(self, url: str, *operations: str, **more: Any) -> dict[str, Any]:
        """Add it as a preview has shown it; return the preview."""
        given = {"url": url, "kind": "openapi", **more}
        shown: dict[str, Any] = await self.ask("/v1/integrations/preview", **given)
        added = {**given, "slug": "api", "digest": shown["digest"], "operations": operations}
        await self.ask("/v1/integrations", **added)
        return shown

    async def connect(self, **inputs: str) -> None:
        """Connect an account of the organisation."""
        body = {"inputs": inputs, "owner": "org"}
        await self.ask("/v1/connectors/api/connect", Role.CONNECTIONS, **body)

    async def call(self, name: str, **arguments: Any) -> Any:
        """The result of a call, which alice approves if it asks."""
        path, body = f"/v1/tools/api_{name}/call", {"user": "alice", "arguments": arguments}
        tools = await self.gateway.api(Role.TOOLS)
        answer = await tools.post(path, json=body)
        if answer.status_code == 202:
            browser = await self.gateway.browser("alice")
            await browser.open("/dashboard/connectors")
            approval = answer.json()["approval_id"]
            place = f"{browser.gateway_url}/v1/approvals/{approval}/decision"
            decision = {"decision": "approve"}
            await browser.client.post(place, json=decision, headers=headers_of(browser))
            answer = await tools.post(path, json=body | {"approval": approval})
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]


@asynccontextmanager
async def world_of(
    app: ASGIApp, mongodb_url: str, database: str, clock: FakeClock
) -> AsyncIterator[World]:
    """A gateway that may call an app on this machine."""
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    async with (
        serving_at(app, door),
        running_gateway(
            mongodb_url, database, clock=clock, egress_allow=frozenset({("127.0.0.1", port)})
        ) as harness,
    ):
        yield World(harness, f"http://127.0.0.1:{port}")


@asynccontextmanager
async def described_by(
    packed: Packed, mongodb_url: str, database: str, clock: FakeClock
) -> AsyncIterator[tuple[World, Server]]:
    """The same for a server that follows a document."""
    server = Server(real_document(packed))
    async with world_of(server.app(), mongodb_url, database, clock) as world:
        yield world, server


async def test_github(mongodb_url: str, database_name: str, clock: FakeClock) -> None:
    picked = ("issues_list_for_repo", "issues_create", "issues_unlock", "repos_get_content")
    async with described_by(GITHUB, mongodb_url, database_name, clock) as (world, server):
        shown = await world.add(f"{world.url}/document.json", *picked, baseUrl=world.url)
        assert len(shown["operations"]) > 1200
        assert {each["code"] for each in shown["skipped"]} == {"other_server"}
        assert 500_000 < shown["tokens"] < 2_000_000

        repo = {"owner": "acme", "repo": "shop"}
        issues = await world.call("issues_list_for_repo", **repo, labels="bug,ui", per_page=2)
        assert (issues["status"], "unexpected" in issues) == (200, False)
        assert issues["body"][0]["number"] == 1347
        made = await world.call("issues_create", **repo, body={"title": "It is broken"})
        assert made["status"] == 201
        gone = await world.call("issues_unlock", **repo, issue_number=7)
        assert gone["status"] == 204
    listed, created, unlocked = server.asked
    assert listed[0] == "issues/list-for-repo"
    assert listed[1]["query"] == [("labels", "bug,ui"), ("per_page", "2")]
    assert (created[0], json.loads(created[1]["body"])) == (
        "issues/create",
        {"title": "It is broken"},
    )
    assert (unlocked[0], unlocked[1]["path"]) == ("issues/unlock", ("acme", "shop", "7"))


async def test_stripe(mongodb_url: str, database_name: str, clock: FakeClock) -> None:
    picked = ("get_customers", "post_customers", "delete_customers_customer")
    async with described_by(STRIPE, mongodb_url, database_name, clock) as (world, server):
        shown = await world.add(f"{world.url}/document.json", *picked, baseUrl=world.url)
        assert len(shown["operations"]) > 350
        assert {each["code"] for each in shown["skipped"]} == {"other_server", "too_much"}
        await world.connect(template="bearer-auth", token=KEY)

        found = await world.call("get_customers", created={"gte": 1700000000}, limit=3)
        assert (found["status"], found["body"]["object"]) == (200, "list")
        body = {"email": "ana@acme.example", "metadata": {"order": "7"}}
        assert (await world.call("post_customers", body=body))["status"] == 200
        gone = await world.call("delete_customers_customer", customer="cus_1")
        assert gone["body"]["object"] == "customer"
    read, made, deleted = server.asked
    assert read[1]["headers"]["authorization"] == f"Bearer {KEY}"
    assert sorted(read[1]["query"]) == [("created[gte]", "1700000000"), ("limit", "3")]
    assert made[0] == "PostCustomers"
    assert sorted(parse_qsl(made[1]["body"])) == [
        ("email", "ana@acme.example"),
        ("metadata[order]", "7"),
    ]
    assert (deleted[0], deleted[1]["path"]) == ("DeleteCustomersCustomer", ("cus_1",))


class Item(BaseModel):
    """What a shop sells."""

    name: str
    price: float
    tags: list[str] = []


def shop() -> FastAPI:
    """An app of FastAPI as people write them; it describes itself at ``/openapi.json``."""
    app = FastAPI(title="Shop of items")
    items: dict[int, Item] = {1: Item(name="Lamp", price=9.5, tags=["light"])}

    @app.get("/items")
    async def list_items(
        secret: Annotated[str, Security(SHOP_KEY)],
        tag: str | None = None,
        order: Literal["name", "price"] = "name",
        x_trace: Annotated[str | None, Header()] = None,
    ) -> list[Item]:
        assert secret == KEY
        found = [each for each in items.values() if tag is None or tag in each.tags]
        return sorted(found, key=lambda each: getattr(each, order))

    @app.put("/items/{item_id}", status_code=201)
    async def put_item(
        item_id: int, item: Item, secret: Annotated[str, Security(SHOP_KEY)]
    ) -> Item:
        assert secret == KEY
        items[item_id] = item
        return item

    return app


async def test_fastapi(mongodb_url: str, database_name: str, clock: FakeClock) -> None:
    async with world_of(shop(), mongodb_url, database_name, clock) as world:
        shown = await world.ask("/v1/integrations/preview", url=f"{world.url}/openapi.json")
        names = {each["name"] for each in shown["operations"]}
        assert names == {"list_items_items_get", "put_item_items_item_id_put"}
        assert (shown["baseUrl"], shown["skipped"]) == (world.url, [])
        await world.add(f"{world.url}/openapi.json", *names)
        (method,) = shown["authMethods"]
        await world.connect(template=method["template"], token=KEY)
        desk = {"name": "Desk", "price": 3.0, "tags": ["wood"]}
        made = await world.call("put_item_items_item_id_put", item_id=2, body=desk)
        assert (made["status"], made["body"]) == (201, desk)
        listed = await world.call("list_items_items_get", order="price")
        assert [each["name"] for each in listed["body"]] == ["Desk", "Lamp"]
        wooden = await world.call("list_items_items_get", tag="wood", **{"x-trace": "a b"})
        assert wooden["body"] == [desk]
