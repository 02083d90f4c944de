"""Pinecone's data plane 2025-10, by docs.pinecone.io (query, fetch, upsert, list, errors), and of
the control plane list_indexes and create_index.

Checked against the OpenAPI document that Pinecone publishes (pinecone-io/pinecone-api,
``2025-10/db_data_2025-10.oas.yaml`` and ``db_control_2025-10.oas.yaml``).
For vectors it does not say which code goes with a status, nor what an unknown namespace answers:
these are not confirmed.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_DOMAIN = "svc.aped-4627-b74a.pinecone.io"
_DIMENSION = 3


_CODES = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
}


def _error(problem: Problem) -> Refusal:
    if problem.kind in {"index", "conflict", "region"}:  # the control plane's shape
        said = {"code": _CODES[problem.status], "message": problem.message}
        return Refusal(problem.status, {"error": said, "status": problem.status})
    code = {400: 3, 404: 5, 429: 8}.get(problem.status, 2)
    return Refusal(problem.status, {"code": code, "message": problem.message, "details": []})


def _index(
    name: str, dimension: int, metric: str, cloud: str, region: str, *, ready: bool
) -> dict[str, Any]:
    place = {"cloud": cloud, "region": region}
    return {
        "name": name,
        "dimension": dimension,
        "metric": metric,
        "host": f"{name}-a1b2c3d.{_DOMAIN}",
        "deletion_protection": "disabled",
        "spec": {"serverless": {**place, "read_capacity": {"mode": "OnDemand"}}},
        "status": {"ready": ready, "state": "Ready" if ready else "Initializing"},
        "vector_type": "dense",
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "indexes": {"docs": _index("docs", _DIMENSION, "cosine", "aws", "us-east-1", ready=True)},
        "vectors": {
            f"doc{number}": {
                "id": f"doc{number}",
                "values": [number / 10, 0.5, 0.25],
                "metadata": {"title": f"Document {number}"},
            }
            for number in range(1, 6)
        },
    }


API = SimulatedApi(
    "pinecone",
    base=f"{{*.{_DOMAIN}}}",
    state=_state,
    refuse=_error,
    headers={"x-pinecone-api-version": frozenset({"2025-10"})},
)


def _namespace(name: str) -> str:
    if name not in {"", "__default__"}:
        refuse("not_found", f"Namespace not found: {name}")
    return name


@API.route(
    "POST /query",
    body={
        "topK": int,
        "vector?": [float],
        "id?": str,
        "namespace?": str,
        "filter?": dict,
        "includeValues?": bool,
        "includeMetadata?": bool,
    },
)
def query(call: Request) -> Any:
    asked, vectors = call.body, call.state["vectors"]
    if ("vector" in asked) == ("id" in asked):
        refuse("parameters", "Exactly one of vector and id has to be given")
    if "id" not in asked and len(asked["vector"]) != _DIMENSION:
        refuse("parameters", f"Vector dimension does not match {_DIMENSION}")
    if not 1 <= asked["topK"] <= 10_000:
        refuse("parameters", "topK must be between 1 and 10000")
    wanted = vectors.get(asked["id"], {}).get("values") if "id" in asked else asked["vector"]
    if wanted is None:
        return {"matches": [], "namespace": "", "usage": {"readUnits": 1}}
    scored = [
        {
            "id": each["id"],
            "score": sum(a * b for a, b in zip(each["values"], wanted, strict=True)),
            "values": each["values"] if asked.get("includeValues") else [],
            **({"metadata": each["metadata"]} if asked.get("includeMetadata") else {}),
        }
        for each in vectors.values()
    ]
    best = sorted(scored, key=lambda each: -each["score"])[: asked["topK"]]
    namespace = _namespace(asked.get("namespace", ""))
    return {"matches": best, "namespace": namespace, "usage": {"readUnits": 1}}


@API.route("GET /vectors/fetch", query={"ids": [str], "namespace?": str})
def fetch(call: Request) -> Any:
    namespace = _namespace(call.query.get("namespace", ""))
    found = {key: each for key, each in call.state["vectors"].items() if key in call.query["ids"]}
    return {"vectors": found, "namespace": namespace, "usage": {"readUnits": 1}}


@API.route(
    "GET /vectors/list",
    query={"prefix?": str, "limit?": int, "paginationToken?": str, "namespace?": str},
)
def list_ids(call: Request) -> Any:
    prefix = call.query.get("prefix", "")
    ids = [{"id": key} for key in call.state["vectors"] if key.startswith(prefix)]
    page, token = page_of(ids, call.query.get("paginationToken"), call.query.get("limit", 100))
    more = {"pagination": {"next": token}} if token else {}
    return {"vectors": page, "namespace": "", "usage": {"readUnits": 1}, **more}


@API.route(
    "POST /vectors/upsert",
    body={"vectors": [{"id": str, "values": [float], "metadata?": dict}], "namespace?": str},
    effect="vectors_upserted",
)
def upsert(call: Request) -> Any:
    for each in call.body["vectors"]:
        if len(each["values"]) != _DIMENSION:
            refuse("parameters", f"Vector dimension does not match {_DIMENSION}")
        call.state["vectors"][each["id"]] = {"metadata": {}, **each}
    return {"upsertedCount": len(call.body["vectors"])}


@API.route("GET api.pinecone.io/indexes")
def list_indexes(call: Request) -> Any:
    return {"indexes": list(call.state["indexes"].values())}


_REGIONS = {
    "aws": {"us-east-1", "us-west-2", "eu-west-1"},
    "gcp": {"us-central1", "europe-west4"},
    "azure": {"eastus2"},
}


@API.route(
    "POST api.pinecone.io/indexes",
    body={
        "name": str,
        "dimension?": int,
        "metric?": {"cosine", "euclidean", "dotproduct"},
        "deletion_protection?": {"enabled", "disabled"},
        "tags?": dict,
        "vector_type?": {"dense"},
        "spec": {"serverless": {"cloud": str, "region": str, "source_collection?": str}},
    },
    effect="index_created",
)
def create_index(call: Request) -> Any:
    name, place = call.body["name"], call.body["spec"]["serverless"]
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?", name):
        refuse("index", "Name must consist of lower case alphanumeric characters or '-'", 400)
    if "dimension" not in call.body:
        refuse("index", "Dimension is required for a dense index", 400)
    if place["region"] not in _REGIONS.get(place["cloud"], ()):
        refuse("region", f"Resource cloud: {place['cloud']} region: {place['region']}", 404)
    if name in call.state["indexes"]:
        refuse("conflict", f"Resource {name} already exists")
    metric = call.body.get("metric", "cosine")
    made = _index(
        name, call.body["dimension"], metric, place["cloud"], place["region"], ready=False
    )
    call.state["indexes"][name] = made
    return Answer(201, made)
