"""``/openapi.json``, generated from the operations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.web.operation import ANY_QUERY, Operation
from gateway.web.problems import INTERNAL, OF_STATUS, PROBLEMS
from gateway.web.state import services

_REF = "#/components/schemas/{model}"
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "anyone": [],
    "session": [{"session": []}],
    "key": [{"key": []}],
    "session or key": [{"session": []}, {"key": []}],
}
_ANYTHING: dict[str, dict[str, Any]] = {"*/*": {}}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "connect_url": {"type": "string", "format": "uri"},
        "approval_id": {"type": "string"},
        "url": {"type": "string", "format": "uri"},
        "expires_at": {"type": "string", "format": "date-time"},
        "connector": {"type": "string"},
        "outcome_unknown": {"type": "boolean"},
        "rule": {"type": "string"},
        "rule_name": {"type": "string"},
        "tool": {"type": "string"},
        "reason": {"type": "string"},
        "provider_status": {"type": ["integer", "null"]},
        "errors": {
            "oneOf": [
                {"type": "object", "additionalProperties": {"type": "string"}},
                {
                    "type": "array",
                    "description": "The arguments of a tool that do not fit.",
                    "items": {
                        "type": "object",
                        "required": ["field", "message"],
                        "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                    },
                },
            ]
        },
    },
}


def describe(operations: Sequence[Operation], public_url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of ``operations``."""
    requests = {op.request for op in operations if op.request is not None}
    replies = {op.reply for op in operations if op.reply is not None}
    names = sorted(requests | replies, key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "validation") for model in names], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = operation.path.replace(":path}", "}")
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Connector Gateway",
            "version": "1",
            "description": "Connect an account once; let tools use it from then on.",
        },
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"] | {"Problem": _PROBLEM_SCHEMA},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A service key."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    # As in cookies.cookie_name: https adds the prefix.
                    "name": ("__Host-" if public_url.startswith("https://") else "")
                    + "gateway_session",
                    "description": "A signed-in browser. Writing needs the header X-CSRF-Token.",
                },
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.handler.__name__
        + (f"_{operation.method.lower()}" if operation.is_passed_on else ""),
        "summary": operation.summary,
        "description": (operation.handler.__doc__ or "").strip()
        + (f" Role: `{operation.role}`." if operation.role else ""),
        "security": _SECURITY[operation.who],
        "responses": _responses(operation),
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)(?::path)?}", operation.path)
    ]
    if operation.query is not ANY_QUERY:
        parameters += [
            {"name": name, "in": "query", "schema": {"type": "string"}} for name in operation.query
        ]
    parameters += [
        {"name": name, "in": "header", "schema": {"type": "string"}} for name in operation.headers
    ]
    if parameters:
        described["parameters"] = parameters
    if operation.request is not None:
        schema = {"$ref": _REF.format(model=operation.request.__name__)}
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return described


def _responses(operation: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done"}
    if operation.reply is not None:
        schema = {"$ref": _REF.format(model=operation.reply.__name__)}
        success["content"] = {operation.media_type: {"schema": schema}}
    if operation.is_passed_on:
        own = {"description": "The provider's own answer", "content": _ANYTHING}
        found: dict[str, Any] = {"default": own}
    else:
        found = {str(operation.status): success}
    codes = _codes(operation)
    for problem in [*PROBLEMS.values(), OF_STATUS[408], OF_STATUS[413], INTERNAL]:
        if problem.code in codes:
            entry = found.setdefault(
                str(problem.status),
                {
                    "description": "",
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": _REF.format(model="Problem")}
                        },
                        # A provider may answer with the same status.
                        **(_ANYTHING if operation.is_passed_on else {}),
                    },
                },
            )
            if f"`{problem.code}`" not in entry["description"]:
                entry["description"] += f"`{problem.code}`: {problem.title}. "
    return found


def _codes(operation: Operation) -> set[str]:
    codes = {*operation.errors, INTERNAL.code}
    if operation.who != "anyone":
        codes.add("invalid_request")  # for an unknown parameter
        codes.add("rate_limited")
    if operation.request is not None or operation.is_passed_on:
        codes |= {OF_STATUS[408].code, OF_STATUS[413].code}
    return codes


async def openapi(request: Request) -> Response:
    """Serve the description of this API."""
    document = describe(request.app.state.operations, services(request).settings.public_url)
    return JSONResponse(document)
