"""Chroma's API v2, by its own server (chroma-core/chroma, rust/frontend/src/server.rs:
list_collections, collection_add, collection_query) and its Python client."""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse

_DOCS = "5a1c0000-0000-4000-8000-000000000001"
_DIMENSION = 3


def _error(problem: Problem) -> Refusal:
    name = {404: "NotFoundError", 429: "RateLimitError"}.get(problem.status, "InvalidArgumentError")
    return Refusal(problem.status, {"error": name, "message": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    records = {
        f"note-{number}": {
            "embedding": [number / 10, 0.2, 0.3],
            "document": f"Note {number}",
            "metadata": {"page": number},
        }
        for number in range(1, 4)
    }
    return {"collections": {_DOCS: {"name": "notes", "records": records}}}


API = SimulatedApi(
    "chroma",
    base="api.trychroma.com/api/v2/tenants/{tenant_id}/databases/{database}",
    state=_state,
    refuse=_error,
)


@API.route("GET /collections", query={"limit?": int, "offset?": int})
def list_collections(call: Request) -> Any:
    facts = call.account.facts
    found = [
        {
            "id": key,
            "name": each["name"],
            "configuration_json": {},
            "schema": None,
            "metadata": None,
            "dimension": _DIMENSION,
            "tenant": facts["tenant"],
            "database": facts["name"],
            "log_position": 0,
            "version": 0,
        }
        for key, each in call.state["collections"].items()
    ]
    start = call.query.get("offset", 0)
    return found[start : start + call.query.get("limit", 100)]


def _records(call: Request) -> dict[str, Any]:
    found = call.found(call.state["collections"], call.path["collection"], "Collection")
    records: dict[str, Any] = found["records"]
    return records


@API.route(
    "POST /collections/{collection}/add",
    body={
        "ids": [str],
        "embeddings": [[float]],
        "documents?": ([(str, None)], None),
        "uris?": ([(str, None)], None),
        "metadatas?": ([(dict, None)], None),
    },
    effect="records_added",
)
def add(call: Request) -> Any:
    asked, records = call.body, _records(call)
    none = [None] * len(asked["ids"])
    texts, said = asked.get("documents") or none, asked.get("metadatas") or none
    if not len(asked["ids"]) == len(asked["embeddings"]) == len(texts) == len(said):
        refuse("body", "Inconsistent number of records")
    for key, vector, text, metadata in zip(
        asked["ids"], asked["embeddings"], texts, said, strict=True
    ):
        if len(vector) != _DIMENSION:
            refuse("body", f"Collection expecting embedding with dimension of {_DIMENSION}")
        # A record whose id is there stays as it is.
        records.setdefault(key, {"embedding": vector, "document": text, "metadata": metadata})
    return Answer(201, {})


@API.route(
    "POST /collections/{collection}/query",
    query={"limit?": int, "offset?": int},
    body={
        "query_embeddings": [[float]],
        "n_results?": (int, None),
        "ids?": ([str], None),
        "where?": (dict, None),
        "where_document?": (dict, None),
        "include?": [{"distances", "documents", "embeddings", "metadatas", "uris"}],
    },
)
def query(call: Request) -> Any:
    records, asked = _records(call), call.body
    include = asked.get("include", [])
    answers: dict[str, Any] = {"ids": [], "include": include}
    for name in ("distances", "documents", "embeddings", "metadatas", "uris"):
        answers[name] = [] if name in include else None
    for vector in asked["query_embeddings"]:
        if len(vector) != _DIMENSION:
            refuse("body", f"Collection expecting embedding with dimension of {_DIMENSION}")
        scored = sorted(
            (sum((a - b) ** 2 for a, b in zip(vector, each["embedding"], strict=True)), key)
            for key, each in records.items()
        )[: asked.get("n_results") or 10]
        answers["ids"].append([key for _, key in scored])
        if "distances" in include:
            answers["distances"].append([far for far, _ in scored])
        for name, member in (("documents", "document"), ("metadatas", "metadata")):
            if name in include:
                answers[name].append([records[key][member] for _, key in scored])
    return answers
