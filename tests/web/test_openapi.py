"""``/openapi.json``: valid, complete, and true to the table of operations."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Route

from gateway.web.app import OPERATIONS, ROUTES
from gateway.web.openapi import describe
from gateway.web.operation import Operation
from gateway.web.problems import INTERNAL, PROBLEMS
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness

DOCUMENT = describe(OPERATIONS, GATEWAY_URL)
CODES = {problem.code for problem in PROBLEMS.values()}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation of the document: method, path, description."""
    return [
        (method.upper(), path, operation)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


def described_as(operation: Operation) -> dict[str, Any]:
    """The description of an operation."""
    path = operation.path.replace(":path}", "}")
    described: dict[str, Any] = DOCUMENT["paths"][path][operation.method.lower()]
    return described


def test_the_document_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_the_check_of_the_document_can_fail() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT | {"info": {}}).iter_errors())


async def test_the_gateway_serves_this_document(gateway: Harness) -> None:
    api = await gateway.api()
    answer = await api.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == DOCUMENT
    assert answer.json()["servers"] == [{"url": GATEWAY_URL}]


def test_every_route_of_the_api_is_described() -> None:
    served = {
        (method, route.path.replace(":path}", "}"))
        for route in ROUTES
        if isinstance(route, Route) and route.path.startswith("/v1")
        for method in (route.methods or set()) - {"HEAD"}
    }
    # Only providers call the callback: it is not in this document.
    served.remove(("GET", "/v1/connectors/{name}/callback"))
    described = {(method, path) for method, path, _ in operations()}
    assert served <= described
    assert described - served == {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/docs/{page}.md"),
    }


def test_every_operation_is_told_from_the_others() -> None:
    ids = [operation["operationId"] for *_, operation in operations()]
    assert len(set(ids)) == len(ids) == len(OPERATIONS)
    for _, path, operation in operations():
        assert operation["summary"]
        assert operation["description"]
        placed = {
            entry["name"] for entry in operation.get("parameters", ()) if entry["in"] == "path"
        }
        assert placed == set(re.findall(r"{(\w+)}", path))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: f"{op.method} {op.path}")
def test_an_operations_codes_and_models_are_real_and_shown(operation: Any) -> None:
    described = described_as(operation)
    assert set(operation.errors) <= CODES
    said = " ".join(reply["description"] for reply in described["responses"].values())
    for code in {*operation.errors, INTERNAL.code}:
        assert f"`{code}`" in said
    for problem in PROBLEMS.values():
        if problem.code in operation.errors:
            assert str(problem.status) in described["responses"]
    for status, reply in described["responses"].items():
        if status not in {str(operation.status), "default"}:
            others = {"*/*"} if operation.is_passed_on else set()
            assert {*reply["content"]} == {"application/problem+json"} | others

    schemas = DOCUMENT["components"]["schemas"]
    if operation.request is not None:
        body = described["requestBody"]["content"]["application/json"]["schema"]
        assert body == {"$ref": f"#/components/schemas/{operation.request.__name__}"}
        assert schemas[operation.request.__name__]["additionalProperties"] is False
    if operation.reply is not None:
        content = described["responses"][str(operation.status)]["content"]
        schema = content[operation.media_type]["schema"]
        assert schema == {"$ref": f"#/components/schemas/{operation.reply.__name__}"}
        assert operation.reply.__name__ in schemas


def test_required_credential_of_each_operation_is_described() -> None:
    wanted: dict[str, list[dict[str, list[str]]]] = {
        "anyone": [],
        "session": [{"session": []}],
        "key": [{"key": []}],
        "session or key": [{"session": []}, {"key": []}],
    }
    for operation in OPERATIONS:
        described = described_as(operation)
        assert described["security"] == wanted[operation.who]
        if operation.role:
            assert f"Role: `{operation.role}`." in described["description"]
    assert {*DOCUMENT["components"]["securitySchemes"]} == {"key", "session"}


async def test_answers_have_the_shape_that_is_described(gateway: Harness) -> None:
    """A problem carries what the schema requires and nothing that it does not name."""
    schema = DOCUMENT["components"]["schemas"]["Problem"]
    api = await gateway.api()
    for answer in (await api.get("/v1/nowhere"), await api.get("/v1/keys")):
        assert set(schema["required"]) <= answer.json().keys() <= set(schema["properties"])
