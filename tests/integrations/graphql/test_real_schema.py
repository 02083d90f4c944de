"""The largest public schema of GraphQL, as a package brings it: read, described, asked, called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, graphql, graphql_sync, parse, validate

from connectors.tool_context import ApiAnswer
from gateway.engine.integration import ApiRequest, Definition, Description
from gateway.integrations.graphql import GRAPHQL
from gateway.integrations.graphql.introspection import QUERY
from gateway.integrations.graphql.request import request_of
from gateway.integrations.kind import Source
from tests.integrations.graphql.test_endpoint import nothing
from tests.support.node import node_modules

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def sdl() -> bytes:
    """What the package ships."""
    path = Path(node_modules()) / "@octokit" / "graphql-schema" / "schema.graphql"
    return path.read_bytes()


@pytest.fixture(scope="module")
def schema(sdl: bytes) -> GraphQLSchema:
    """The schema as a server has it."""
    return build_schema(sdl.decode(), assume_valid=True)


@pytest.fixture(scope="module")
async def described(sdl: bytes) -> Description:
    """The schema as the gateway reads it."""
    return await GRAPHQL.describe(Source(document=sdl), nothing)


def named(described: Description, name: str) -> Definition:
    """An operation."""
    return next(each for each in described.definitions if each.name == name)


async def test_nothing_is_left_out(described: Description, schema: GraphQLSchema) -> None:
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    roots = {*schema.query_type.fields, *schema.mutation_type.fields}
    assert {each.call["field"] for each in described.definitions} == roots
    assert described.skipped == ()
    assert len(roots) > 250


async def test_its_introspection_says_the_same(
    described: Description, schema: GraphQLSchema
) -> None:
    async def send(request: ApiRequest) -> ApiAnswer:
        assert request.json["query"] == QUERY
        data = graphql_sync(schema, QUERY).data
        return ApiAnswer(status=200, headers={}, content=json.dumps({"data": data}).encode())

    found = await GRAPHQL.discover(send)
    assert found.definitions == described.definitions


async def test_every_request_is_valid(described: Description, schema: GraphQLSchema) -> None:
    for each in described.definitions:
        arguments = dict.fromkeys(each.call["arguments"], None)
        document = parse(request_of(each.call, arguments).json["query"])
        assert validate(schema, document) == [], each.name


async def test_a_call_reaches_what_was_selected(
    described: Description, schema: GraphQLSchema
) -> None:
    issue = {"title": "Broken", "body": "not asked for"}

    def repository(info: Any, owner: str, name: str, **more: Any) -> dict[str, Any]:
        def issues(info: Any, first: int, **more: Any) -> dict[str, Any]:
            return {"nodes": [issue] * first}

        return {"name": f"{owner}/{name}", "issues": issues}

    async def send(request: ApiRequest) -> ApiAnswer:
        done = await graphql(
            schema,
            request.json["query"],
            {"repository": repository},
            variable_values=request.json["variables"],
        )
        return ApiAnswer(status=200, headers={}, content=json.dumps(done.formatted).encode())

    call = named(described, "repository").call
    chosen = "name issues(first: 2, states: [OPEN]) { nodes { title } }"
    ran = await GRAPHQL.run(call, {"owner": "acme", "name": "shop", "select": chosen}, send)
    assert ran.result == {
        "data": {"name": "acme/shop", "issues": {"nodes": [{"title": "Broken"}] * 2}}
    }
