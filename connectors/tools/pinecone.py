"""Tools of a Pinecone index.

Reference: https://docs.pinecone.io/reference/api/2025-10/data-plane. A connection is one index, so
there is no tool that lists the indexes of a project.

Checked against the OpenAPI document that Pinecone publishes (pinecone-io/pinecone-api,
``2025-10/db_data_2025-10.oas.yaml``). A match has an id; all else in an answer is optional.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_PINECONE = (Needs("pinecone"),)


class NoArgs(Args):
    pass


class Stats(Output):
    dimension: int | None = None
    total: int = Field(validation_alias="totalVectorCount")
    namespaces: dict[str, Any] = Field(default_factory=dict)


class Query(Args):
    vector: list[float] | None = Field(
        None, max_length=20_000, description="vector of the index's dimension; or give an id"
    )
    id: str | None = Field(None, max_length=512, description="id of a vector that is searched by")
    top_k: Annotated[int, In("body", "topK")] = Field(
        10, ge=1, le=1000, description="matches at most"
    )
    namespace: str | None = Field(None, max_length=512, description="the default one without it")
    filter: dict[str, Any] | None = Field(None, description="filter by metadata")


class Match(Output):
    id: str
    score: float = 0.0
    metadata: dict[str, Any] = Field(default_factory=dict)


class Matches(Output):
    matches: list[Match] = Field(default_factory=list)
    namespace: str = ""


class FetchVectors(Args):
    ids: list[str] = Field(min_length=1, max_length=100, description="ids of vectors")
    namespace: str | None = Field(None, max_length=512, description="the default one without it")


class Vectors(Output):
    vectors: dict[str, Any] = Field(description="by id: values and metadata")


class ListVectors(Args):
    prefix: str | None = Field(None, max_length=512, description="how the ids begin")
    limit: int = Field(100, ge=1, le=100, description="ids per page")
    namespace: str | None = Field(None, max_length=512, description="the default one without it")
    pagination_token: Annotated[str | None, In("query", "paginationToken")] = Field(
        None, description="next of the page before"
    )


class VectorId(Output):
    id: str


class VectorIds(Output):
    vectors: list[VectorId] = Field(default_factory=list)


class NewVector(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, max_length=512)
    values: list[float] = Field(min_length=1, max_length=20_000)
    metadata: dict[str, Any] = Field(default_factory=dict)


class Upsert(Args):
    vectors: list[NewVector] = Field(
        min_length=1, max_length=100, description="vectors; one with a known id is replaced"
    )
    namespace: str | None = Field(None, max_length=512, description="the default one without it")


class Upserted(Output):
    count: int = Field(validation_alias="upsertedCount")


TOOLS = (
    HttpTool(
        name="pinecone_get_stats",
        description="Return dimension, namespaces and number of vectors of the Pinecone index.",
        needs=_PINECONE,
        effect="read",
        method="POST",
        path="/describe_index_stats",
        args=NoArgs,
        output=Stats,
        examples=({},),
    ),
    HttpTool(
        name="pinecone_query_vectors",
        description="Find the vectors of a Pinecone index that are nearest to a vector, with their "
        "metadata.",
        needs=_PINECONE,
        effect="read",
        method="POST",
        path="/query",
        body={"includeMetadata": True},
        args=Query,
        output=Matches,
        examples=({"vector": [0.1, 0.2, 0.3], "top_k": 3}, {"id": "doc1"}),
    ),
    HttpTool(
        name="pinecone_get_vectors",
        description="Return vectors of a Pinecone index by their ids.",
        needs=_PINECONE,
        effect="read",
        method="GET",
        path="/vectors/fetch",
        args=FetchVectors,
        output=Vectors,
        examples=({"ids": ["doc1"]},),
    ),
    HttpTool(
        name="pinecone_list_vectors",
        description="List the ids of the vectors of a serverless Pinecone index.",
        needs=_PINECONE,
        effect="read",
        method="GET",
        path="/vectors/list",
        args=ListVectors,
        output=VectorIds,
        pages=Pages(argument="pagination_token", next="pagination.next"),
        examples=({},),
    ),
    HttpTool(
        name="pinecone_upsert_vectors",
        description="Write vectors into a Pinecone index; those with known ids are replaced.",
        needs=_PINECONE,
        effect="destructive",
        method="POST",
        path="/vectors/upsert",
        args=Upsert,
        output=Upserted,
        examples=({"vectors": [{"id": "doc9", "values": [0.1, 0.2, 0.3]}]},),
    ),
)
