"""Descriptions of APIs with many operations: how long reading takes, and what comes out of it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import TypeAdapter

from bench.processes import ROOT, NotStarted
from bench.report import Figure, Result
from gateway.engine.integration import Definition
from gateway.integrations.reading import about_tokens

MOST_MIB = 200.0
_URL = "https://api.example/openapi.json"
_MEASURED = """
import resource, subprocess, sys
subprocess.check_call([sys.executable, "-m", sys.argv[1]])
sys.stderr.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""
"""Starts the reader from a small process: the system counts its parent's memory, too."""
_DEFINITIONS = TypeAdapter(tuple[Definition, ...])


def measure_integrations(
    result: Result, *, operations: int, rounds: int, document: Path | None = None
) -> None:
    """Add time and memory of the reader, and the size of the tools, for two descriptions.

    Each has one operation more, with an argument that nobody can read: it alone is left out.
    ``document`` is the file of an OpenAPI document that is measured, too.

    Raises ``NotStarted`` if anything else is left out, or if the file's document is refused.
    """
    question = {"mode": "describe", "url": _URL}
    for name, module, content, asked in (
        ("an OpenAPI document", "openapi", open_api(operations), question),
        ("a GraphQL schema", "graphql", graphql(operations), {}),
    ):
        whole = f"{name} of {operations} operations"
        said = _measured(result, whole, module, asked, content, rounds=rounds, target=MOST_MIB)
        if (len(said["definitions"]), len(said["skipped"])) != (operations, 1):
            raise NotStarted(f"{name}: other operations are left out than the poisoned one")
    if document is not None:
        try:
            content = document.read_bytes()
        except OSError:
            raise NotStarted(f"{document} cannot be read") from None
        said = _measured(result, document.name, "openapi", question, content, rounds=rounds)
        counts = Figure(
            name=f"{document.name}: tools", value=len(said["definitions"]), unit="tools"
        )
        result.figures.append(counts)


def _measured(
    result: Result,
    name: str,
    module: str,
    question: Mapping[str, Any],
    document: bytes,
    *,
    rounds: int,
    target: float | None = None,
) -> dict[str, Any]:
    """Add the figures of a description; return what its reader says in the last round."""
    seconds, memory = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        said, peak = _read(f"gateway.integrations.{module}.reader", question, document)
        seconds.append(time.perf_counter() - began)
        memory.append(peak)
    if "refused" in said:
        raise NotStarted(f"{name}: {said['refused']['code']}: {said['refused']['reason']}")
    tools = about_tokens(_DEFINITIONS.validate_python(said["definitions"]))
    result.figures += [
        Figure(name=f"{name}: read after", value=median(seconds) * 1000, unit="ms"),
        Figure(name=f"{name}: memory", value=median(memory) / 1024, unit="MiB", target=target),
        Figure(name=f"{name}: its tools, about", value=tools, unit="tokens"),
    ]
    return said


def _read(
    module: str, question: Mapping[str, Any], document: bytes
) -> tuple[dict[str, Any], float]:
    """Return what a reader says, and the KiB of memory that it took."""
    asked = {"base_url": "", "size": len(document), **question}
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, module],
        cwd=ROOT,
        env={},
        input=json.dumps(asked).encode() + b"\n" + document,
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout), json.loads(done.stderr)


def open_api(operations: int) -> bytes:
    """Return a document of OpenAPI: lists and changes of things of twelve properties."""
    texts = {"type": "string", "description": "What it is, in a few words."}
    thing = {"type": "object", "properties": {f"property_{n}": texts for n in range(12)}}
    json_thing = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    inside = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    query = [
        {"name": name, "in": "query", "description": "Part of the list.", "schema": texts}
        for name in ("cursor", "limit", "sort", "filter")
    ]
    paths: dict[str, Any] = {}
    for number in range(operations):
        reads = number % 2 == 0
        paths[f"/things-{number}/{{id}}"] = {
            "get" if reads else "post": {
                "operationId": f"{'list' if reads else 'change'}Things{number}",
                "summary": f"{'List' if reads else 'Change'} the things of group {number}.",
                "parameters": [inside, *(query if reads else [])],
                "responses": {"200": {"description": "Things.", "content": json_thing}},
                **({} if reads else {"requestBody": {"content": json_thing}}),
            }
        }
    poisoned = {"$ref": "https://elsewhere.example/parameter.json"}
    paths["/poisoned"] = {"get": {"operationId": "poisoned", "parameters": [poisoned]}}
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://api.example"}],
        "paths": paths,
        "components": {"schemas": {"Thing": thing}},
    }
    return json.dumps(whole).encode()


def graphql(operations: int) -> bytes:
    """Return a schema of GraphQL with the same things."""
    properties = "\n".join(
        f'  "What it is, in a few words." property_{n}: String' for n in range(12)
    )
    page = "cursor: String, limit: Int, sort: String, filter: String"
    reads = "\n".join(
        f'  "List the things of group {n}." things{n}(id: ID!, {page}): [Thing!]!'
        for n in range(0, operations, 2)
    )
    changes = "\n".join(
        f'  "Change the things of group {n}." changeThings{n}(id: ID!, to: Change!): Thing'
        for n in range(1, operations, 2)
    )
    return (
        f"type Query {{\n{reads}\n  poisoned(a: Thing!): Int\n}}\n"
        f"type Mutation {{\n{changes}\n}}\n"
        f"type Thing {{\n{properties}\n}}\ninput Change {{\n{properties}\n}}\n"
    ).encode()
