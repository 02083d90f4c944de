"""A GraphQL endpoint: found, described, asked by a connection, and its operations run.

Over HTTP, against a schema that ``graphql-core`` executes; the network alone is missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from connectors.tool_context import ApiAnswer, ToolFailed
from gateway.engine.integration import ApiRequest, Confidence, Fetched
from gateway.errors import IntegrationRefused, IntegrationUnreachable, ToolAnswerUnexpected
from gateway.integrations.graphql import GRAPHQL
from gateway.integrations.kind import Source
from tests.support.remote_api import API_KEY, RemoteApi

URL = "http://shop.example/graphql"


class Endpoint:
    """The pet shop, or one fixed answer; ``bodies`` are what it was sent."""

    def __init__(self, status: int | None = None, said: Any = b"", **headers: str) -> None:
        self.api = RemoteApi("http://shop.example")
        self.api.open = True
        self.fixed = None if status is None else (status, said, headers)
        self.credential: Mapping[str, str] = {}
        self.bodies: list[Any] = []

    async def _post(self, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        self.bodies.append(json.loads(content))
        if self.fixed is not None:
            status, said, fixed = self.fixed
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            return httpx.Response(status, content=body, headers=fixed)
        transport = httpx.ASGITransport(self.api.app())
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.post(URL, content=content, headers=headers)

    async def fetch(
        self, method: str, url: str, *, headers: Any, content: bytes, most: int
    ) -> Fetched:
        """Without a credential."""
        assert (method, url) == ("POST", URL)
        answer = await self._post(content, headers)
        assert len(answer.content) <= most
        return Fetched(
            status=answer.status_code, url=url, headers=answer.headers, content=answer.content
        )

    async def send(self, request: ApiRequest) -> ApiAnswer:
        """With the credential of a connection."""
        assert (request.method, request.path) == ("POST", "")
        headers = {"content-type": "application/json", **request.headers, **self.credential}
        answer = await self._post(json.dumps(request.json).encode(), headers)
        return ApiAnswer(status=answer.status_code, headers=answer.headers, content=answer.content)

    async def operation(self, name: str) -> Mapping[str, Any]:
        """What an operation of the pet shop is called with."""
        described = await GRAPHQL.discover(self.send)
        self.bodies.clear()
        return {each.name: each for each in described.definitions}[name].call


async def nothing(*args: Any, **options: Any) -> Fetched:
    """A fetch that fails."""
    raise IntegrationUnreachable


DENIED = {"errors": [{"message": "Log in first.", "extensions": {"code": "UNAUTHENTICATED"}}]}


@pytest.mark.parametrize(
    ("endpoint", "confidence"),
    [
        (Endpoint(), Confidence.HIGH),
        (Endpoint(200, DENIED), Confidence.MEDIUM),
        (Endpoint(400, {"errors": [{"message": "no", "locations": []}]}), Confidence.MEDIUM),
        (Endpoint(401, b"no"), Confidence.LOW),
        (Endpoint(200, {"data": {"__schema": {"queryType": None}}}), Confidence.LOW),
        (Endpoint(200, {"errors": [{"message": "not found"}]}), Confidence.LOW),
        (Endpoint(200, b"[" * 60_000), Confidence.LOW),
    ],
)
async def test_detection_goes_by_what_the_endpoint_says(
    endpoint: Endpoint, confidence: Confidence
) -> None:
    claim = await GRAPHQL.detect(URL, endpoint.fetch)
    assert claim is not None
    assert claim.confidence is confidence
    assert (claim.endpoint, claim.name, claim.slug) == (URL, "Shop", "shop")


@pytest.mark.parametrize(
    ("url", "is_claimed"),
    [
        ("https://api.example/graphql", True),
        ("https://graphql.example/v2", True),
        ("https://api.example/v1/GraphQL?x", True),
        ("https://api.example/graphqlish", False),
        ("https://api.example/v1", False),
        ("https://[", False),
    ],
)
async def test_an_endpoint_that_says_nothing_is_claimed_by_its_url(
    url: str, is_claimed: bool
) -> None:
    claim = await GRAPHQL.detect(url, nothing)
    assert (claim is not None) is is_claimed


async def test_an_open_endpoint_is_described() -> None:
    described = await GRAPHQL.describe(Source(url=URL), Endpoint().fetch)
    names = [each.name for each in described.definitions]
    assert names == ["pet", "pets", "rename_pet", "close_shop"]
    assert (described.name, described.servers) == ("Shop", (URL,))
    assert [each.slug for each in described.methods] == ["none", "bearer"]


async def test_an_uploaded_schema_asks_nobody() -> None:
    document = b"type Query { now: String }"
    described = await GRAPHQL.describe(Source(document=document, base_url=URL), nothing)
    assert [each.name for each in described.definitions] == ["now"]
    assert described.servers == (URL,)
    assert (await GRAPHQL.describe(Source(document=document), nothing)).servers == ()


@pytest.mark.parametrize(
    ("endpoint", "methods"),
    [
        (Endpoint(401, b"no"), ["bearer", "basic"]),
        (Endpoint(401, b"no", **{"www-authenticate": "Basic realm=x"}), ["basic", "bearer"]),
        (Endpoint(200, DENIED), ["bearer", "basic"]),
    ],
)
async def test_an_endpoint_that_wants_a_credential_is_asked_later(
    endpoint: Endpoint, methods: list[str]
) -> None:
    described = await GRAPHQL.describe(Source(url=URL), endpoint.fetch)
    assert described.definitions == ()
    assert "when somebody connects" in described.notes[0]
    assert [each.slug for each in described.methods] == methods


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        (Endpoint(200, b"<html>"), "not_graphql"),
        (Endpoint(404, {"error": "no"}), "not_graphql"),
        (Endpoint(200, {"data": {"__schema": {}}}), "no_schema"),
        (Endpoint(200, {"data": {"__schema": {"types": []}}}), "no_operations"),
    ],
)
async def test_what_is_not_graphql_is_refused(endpoint: Endpoint, code: str) -> None:
    with pytest.raises(IntegrationRefused) as caught:
        await GRAPHQL.describe(Source(url=URL), endpoint.fetch)
    assert caught.value.code == code


async def test_a_connection_reads_the_operations_that_nobody_else_sees() -> None:
    endpoint = Endpoint()
    endpoint.api.open = False
    described = await GRAPHQL.describe(Source(url=URL), endpoint.fetch)
    assert described.definitions == ()
    with pytest.raises(IntegrationRefused, match="401"):
        await GRAPHQL.discover(endpoint.send)
    endpoint.credential = {"x-api-key": API_KEY}
    found = await GRAPHQL.discover(endpoint.send)
    assert len(found.definitions) == 4


async def test_a_refused_introspection_tells_the_words_of_the_api() -> None:
    with pytest.raises(IntegrationRefused, match=r"schema: Log in first\.") as caught:
        await GRAPHQL.discover(Endpoint(200, DENIED).send)
    assert caught.value.code == "introspection_refused"


async def test_operations_run() -> None:
    endpoint = Endpoint()
    pet = await endpoint.operation("pet")
    assert (await GRAPHQL.run(pet, {"id": "p1"}, endpoint.send)).result == {
        "data": {"id": "p1", "name": "Rex", "species": "DOG"}
    }
    chosen = {"id": "p1", "select": "name owner { name }"}
    assert (await GRAPHQL.run(pet, chosen, endpoint.send)).result == {
        "data": {"name": "Rex", "owner": {"name": "Ana"}}
    }
    assert (await GRAPHQL.run(pet, {"id": "none"}, endpoint.send)).result == {"data": None}
    rename = await endpoint.operation("rename_pet")
    done = await GRAPHQL.run(rename, {"id": "p1", "name": "Max"}, endpoint.send)
    assert done.result["data"]["name"] == endpoint.api.pets["p1"]["name"] == "Max"


async def test_a_selection_that_breaks_out_is_never_sent() -> None:
    endpoint = Endpoint()
    pet = await endpoint.operation("pet")
    for text in (
        "id } } mutation { closeShop",
        "id } closeShop { x",
        "{ id } mutation { closeShop }",
    ):
        with pytest.raises(ToolFailed):
            await GRAPHQL.run(pet, {"id": "p1", "select": text}, endpoint.send)
    assert endpoint.bodies == []
    assert endpoint.api.pets


def error(message: str, **more: Any) -> dict[str, Any]:
    """An error of GraphQL."""
    return {"message": message, **more}


@pytest.mark.parametrize(
    ("status", "said", "code", "message"),
    [
        (
            200,
            {"data": {"pet": None}, "errors": [error("No.", extensions={"code": "FORBIDDEN"})]},
            "FORBIDDEN",
            "No.",
        ),
        (200, {"errors": [error("x\x1b[1m", type="NOT_FOUND")]}, "NOT_FOUND", "x[1m"),
        (200, {"errors": [error("", extensions={"code": "a secret!"})]}, "graphql_error", "reason"),
        (400, {"errors": [error("Bad.")]}, "graphql_error", "Bad."),
        (503, b"<html>", "http_503", "503"),
    ],
)
async def test_an_answer_without_data_is_a_failure(
    status: int, said: Any, code: str, message: str
) -> None:
    call = await Endpoint().operation("pet")
    with pytest.raises(ToolFailed) as caught:
        await GRAPHQL.run(call, {"id": "p1"}, Endpoint(status, said).send)
    assert caught.value.code == code
    assert message in caught.value.message
    assert caught.value.status == status


async def test_a_part_of_the_data_comes_with_what_failed() -> None:
    call = await Endpoint().operation("pet")
    errors = [error("No owner.", path=["pet", "owner", 0, {}], locations=[1]), "odd", {}]
    said = {"data": {"pet": {"id": "p1"}, "other": 1}, "errors": errors}
    ran = await GRAPHQL.run(call, {"id": "p1"}, Endpoint(200, said).send)
    assert ran.result == {
        "data": {"id": "p1"},
        "errors": [{"message": "No owner.", "path": ["pet", "owner", 0, ""]}],
    }


@pytest.mark.parametrize(
    "said", [b"", b"<html>", b"[]", {}, {"data": {}}, {"data": {"pet": "text"}}, {"errors": []}]
)
async def test_a_success_that_is_no_answer_is_not_one(said: Any) -> None:
    call = await Endpoint().operation("pet")
    with pytest.raises(ToolAnswerUnexpected):
        await GRAPHQL.run(call, {"id": "p1"}, Endpoint(200, said).send)
