"""Weaviate's API v1, by its OpenAPI document (weaviate/weaviate, openapi-specs/schema.json:
graphql.post, objects.create) and docs.weaviate.io (GraphQL Get).

Of GraphQL it answers ``Get`` of one collection with plain properties and a limit.
"""

import re
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_GET = re.compile(
    r"\s*(?:query\s*)?\{\s*Get\s*\{\s*(\w+)\s*(?:\(\s*limit:\s*(\d+)\s*\))?"
    r"\s*\{([\w\s,]+)\}\s*\}\s*\}\s*"
)
_PROPERTIES = {"Article": {"title", "body"}}


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"error": [{"message": problem.message}]})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "objects": {
            f"7b9f2c4e-0000-4000-8000-{number:012}": {"title": title, "body": f"Text {number}"}
            for number, title in enumerate(("Bees", "Rivers", "Bread"), 1)
        }
    }


API = SimulatedApi(
    "weaviate", base="{*.c0.europe-west3.gcp.weaviate.cloud}/v1", state=_state, refuse=_error
)


def _wrong(message: str) -> dict[str, Any]:
    return {"data": {"Get": None}, "errors": [{"message": message, "path": ["Get"]}]}


@API.route("POST /graphql", body={"query": str, "variables?": dict, "operationName?": str})
def query(call: Request) -> Any:
    read = _GET.fullmatch(call.body["query"])
    if read is None:
        return _wrong("Syntax Error GraphQL request")
    name, limit, names = read[1], int(read[2] or 25), re.findall(r"\w+", read[3])
    if name not in _PROPERTIES:
        return _wrong(f'Cannot query field "{name}" on type "GetObjectsObj".')
    if unknown := [each for each in names if each not in _PROPERTIES[name]]:
        return _wrong(f'Cannot query field "{unknown[0]}" on type "{name}".')
    found = [{each: thing.get(each) for each in names} for thing in call.state["objects"].values()]
    return {"data": {"Get": {name: found[:limit]}}}


@API.route(
    "POST /objects",
    query={"consistency_level?": {"ONE", "QUORUM", "ALL"}},
    body={
        "class": str,
        "properties?": dict,
        "vector?": [float],
        "vectors?": dict,
        "id?": str,
        "tenant?": str,
    },
    effect="object_created",
)
def create_object(call: Request) -> Any:
    asked, objects = call.body, call.state["objects"]
    if asked["class"] not in _PROPERTIES:
        refuse("body", f"invalid object: class {asked['class']} not found", 422)
    key = asked.get("id", f"7b9f2c4e-0000-4000-8000-{int(call.new_id()):012}")
    if key in objects:
        refuse("body", f"id '{key}' already exists", 422)
    objects[key] = asked.get("properties", {})
    made = int(call.now.timestamp() * 1000)
    return {**asked, "id": key, "creationTimeUnix": made, "lastUpdateTimeUnix": made}
