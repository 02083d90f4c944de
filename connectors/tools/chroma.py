"""Tools of a Chroma database: https://docs.trychroma.com/reference.

Checked against Chroma's own server (chroma-core/chroma, rust/frontend/src/server.rs, and the types
of its API): paths and members. Records and queries are embeddings, which the caller makes; a
collection is named by its id, so the collections are listed, too.
"""

from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_CHROMA = (Needs("chroma"),)
_Collection = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="Id of the collection (chroma_list_collections).",
    ),
]


class ListCollections(Args):
    limit: int = Field(100, ge=1, le=300, description="Collections at most.")
    offset: int = Field(0, ge=0, description="Collections to pass over.")


class Collection(Output):
    id: str
    name: str
    dimension: int | None = None
    metadata: dict[str, Any] | None = None


class Collections(Output):
    items: list[Collection]


class AddRecords(Args):
    collection_id: _Collection
    keys: Annotated[list[str], In("body", "ids")] = Field(
        min_length=1,
        max_length=100,
        description="Ids of the records; one that is there already stays as it is.",
    )
    embeddings: list[list[float]] = Field(
        min_length=1, max_length=100, description="One vector for each id."
    )
    documents: list[str | None] | None = Field(
        None, max_length=100, description="One text for each id."
    )
    metadatas: list[dict[str, Any] | None] | None = Field(
        None, max_length=100, description="One object for each id."
    )


class Added(Output):
    """Nothing: a success says no more."""


class QueryRecords(Args):
    collection_id: _Collection
    embedding: Annotated[list[float], In("body", "query_embeddings[0]")] = Field(
        min_length=1, max_length=20_000, description="Vector to which similar ones are found."
    )
    n_results: int = Field(10, ge=1, le=100, description="Records at most.")
    where: dict[str, Any] | None = Field(None, description="Filter by metadata.")
    where_document: dict[str, Any] | None = Field(None, description="Filter by text.")


class Found(Output):
    ids: list[str] = Field(validation_alias=AliasPath("ids", 0))
    distances: list[float | None] | None = Field(
        None, validation_alias=AliasPath("distances", 0), description="smaller is more similar"
    )
    documents: list[str | None] | None = Field(None, validation_alias=AliasPath("documents", 0))
    metadatas: list[dict[str, Any] | None] | None = Field(
        None, validation_alias=AliasPath("metadatas", 0)
    )


TOOLS = (
    HttpTool(
        name="chroma_list_collections",
        description="List the collections of the Chroma database: name, dimension, id.",
        needs=_CHROMA,
        effect="read",
        method="GET",
        path="/collections",
        args=ListCollections,
        output=Collections,
        examples=({},),
    ),
    HttpTool(
        name="chroma_add_records",
        description="Add records with their vectors to a collection of the Chroma database.",
        needs=_CHROMA,
        effect="write",
        method="POST",
        path="/collections/{collection_id}/add",
        args=AddRecords,
        output=Added,
        examples=(
            {
                "collection_id": "5a1c0000-0000-4000-8000-000000000001",
                "keys": ["note-9"],
                "embeddings": [[0.1, 0.2, 0.3]],
                "documents": ["Bees dance."],
            },
        ),
    ),
    HttpTool(
        name="chroma_query_records",
        description="Find the records of a collection that are most similar to a vector, with "
        "their texts and metadata.",
        needs=_CHROMA,
        effect="read",
        method="POST",
        path="/collections/{collection_id}/query",
        body={"include": ["documents", "metadatas", "distances"]},
        args=QueryRecords,
        output=Found,
        examples=(
            {
                "collection_id": "5a1c0000-0000-4000-8000-000000000001",
                "embedding": [0.1, 0.2, 0.3],
                "n_results": 2,
            },
        ),
    ),
)
