"""Pinecone's data plane 2025-10, by docs.pinecone.io (query, fetch, upsert, list, errors).

Checked against the OpenAPI document that Pinecone publishes (pinecone-io/pinecone-api,
``2025-10/db_data_2025-10.oas.yaml``). It does not say which code goes with a status, nor what an
unknown namespace answers: these are not confirmed.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, page_of, refuse

_DOMAIN = "svc.aped-4627-b74a.pinecone.io"
_DIMENSION = 3


def _error(problem: Problem) -> Refusal:
    code = {400: 3, 404: 5, 429: 8}.get(problem.status, 2)
    return Refusal(problem.status, {"code": code, "message": problem.message, "details": []})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "vectors": {
            f"doc{number}": {
                "id": f"doc{number}",
                "values": [number / 10, 0.5, 0.25],
                "metadata": {"title": f"Document {number}"},
            }
            for number in range(1, 6)
        }
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
