"""Tools of a Pinecone index.

Reference: https://docs.pinecone.io/reference/api/2025-10/data-plane. A connection is one index, so
the tools for vectors are about that index. The project's indexes are listed and made at
``api.pinecone.io``; another index is another connection.

Checked against the OpenAPI document that Pinecone publishes (pinecone-io/pinecone-api,
``2025-10/db_data_2025-10.oas.yaml`` and ``db_control_2025-10.oas.yaml``).
A match has an id; all else in an answer is optional.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_PINECONE = (Needs("pinecone"),)
_PROJECT = "api.pinecone.io"


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


class CreateIndex(Args):
    name: str = Field(
        max_length=45,
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        description="small letters, digits and hyphens",
    )
    dimension: int = Field(ge=1, le=20_000, description="numbers of each vector")
    metric: Literal["cosine", "euclidean", "dotproduct"] = Field(
        "cosine", description="how two vectors are compared"
    )
    cloud: Annotated[Literal["aws", "gcp", "azure"], In("body", "spec.serverless.cloud")] = Field(
        "aws", description="whose machines"
    )
    region: Annotated[str, In("body", "spec.serverless.region")] = Field(
        "us-east-1", max_length=50, description="region of that cloud"
    )


class Index(Output):
    name: str
    host: str
    dimension: int | None = None
    metric: str
    ready: bool = Field(validation_alias=AliasPath("status", "ready"))
    state: str | None = Field(None, validation_alias=AliasPath("status", "state"))


class Indexes(Output):
    indexes: list[Index] = Field(default_factory=list)


TOOLS = (
    HttpTool(
        name="pinecone_list_indexes",
        description="List the indexes of the Pinecone project: name, host, dimension, readiness.",
        needs=_PINECONE,
        effect="read",
        method="GET",
        host=_PROJECT,
        path="/indexes",
        args=NoArgs,
        output=Indexes,
        examples=({},),
    ),
    HttpTool(
        name="pinecone_create_index",
        description="Create a serverless index in the Pinecone project. It is ready a little "
        "later, and is a connection of its own.",
        needs=_PINECONE,
        effect="write",
        method="POST",
        host=_PROJECT,
        path="/indexes",
        args=CreateIndex,
        output=Index,
        examples=({"name": "notes", "dimension": 1536},),
    ),
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
