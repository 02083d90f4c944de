"""Tools of a Weaviate cluster: https://docs.weaviate.io/weaviate/api.

Checked against Weaviate's OpenAPI document (weaviate/weaviate, openapi-specs/schema.json): paths
and members. Objects are read with GraphQL, whose fields are the collections of the cluster; a
mistake in a query is told inside of a success.
"""

from typing import Annotated, Any

from pydantic import Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output

_WEAVIATE = (Needs("weaviate"),)


class Query(Args):
    query: str = Field(
        max_length=20_000,
        pattern=r"^\s*(query\b[^{]*)?\{",
        description='GraphQL, as { Get { Article(limit: 3, bm25: {query: "tax"}) { title } } }.',
    )


class Answer(Output):
    data: dict[str, Any] = Field(default_factory=dict)


class CreateObject(Args):
    collection: Annotated[str, In("body", "class")] = Field(
        pattern=r"^[A-Z][A-Za-z0-9_]{0,254}$", description="Name of the collection."
    )
    properties: dict[str, Any] = Field(description="Values by the names of properties.")
    vector: list[float] | None = Field(
        None, max_length=20_000, description="Its vector; without it the cluster makes one."
    )
    object_uuid: Annotated[str | None, In("body", "id")] = Field(
        None,
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="Its id as a UUID; without it the cluster makes one.",
    )
    tenant: str | None = Field(None, max_length=64, description="Tenant of the collection.")


class Stored(Output):
    id: str
    collection: str = Field(validation_alias="class")
    properties: dict[str, Any] = Field(default_factory=dict)


TOOLS = (
    HttpTool(
        name="weaviate_query_objects",
        description="Query the objects of a Weaviate cluster with GraphQL: Get, Aggregate; "
        "nearText, nearVector, bm25, hybrid, where.",
        needs=_WEAVIATE,
        effect="read",
        method="POST",
        path="/graphql",
        args=Query,
        output=Answer,
        failure=Failure(path="errors", message="errors[0].message"),
        examples=({"query": "{ Get { Article(limit: 2) { title } } }"},),
    ),
    HttpTool(
        name="weaviate_create_object",
        description="Store one object in a collection of a Weaviate cluster, with or without its "
        "vector.",
        needs=_WEAVIATE,
        effect="write",
        method="POST",
        path="/objects",
        args=CreateObject,
        output=Stored,
        examples=({"collection": "Article", "properties": {"title": "Taxes"}},),
    ),
)
