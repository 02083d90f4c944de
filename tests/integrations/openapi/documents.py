"""Documents for tests, and what reads them without a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.tool_context import ApiAnswer
from gateway.engine.integration import ApiRequest, Definition, Description, Fetched
from gateway.integrations.openapi.describe import describe
from gateway.integrations.openapi.limits import ORDINARY

URL = "https://pets.example/docs/openapi.json"

PETS: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pet Store API", "version": "1.2", "description": "Pets\nfor all"},
    "servers": [{"url": "/v1"}],
    "security": [{"key": []}],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "summary": "List the pets",
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "pets",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Pet"},
                                }
                            }
                        },
                    }
                },
            },
            "post": {
                "operationId": "create-pet",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                    },
                },
                "responses": {"201": {"description": "created"}},
            },
        },
        "/pets/{petId}": {
            "parameters": [
                {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": {"operationId": "getPet", "responses": {"200": {"description": "a pet"}}},
            "delete": {"operationId": "deletePet", "responses": {"204": {"description": "gone"}}},
        },
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "name": {"type": "string", "maxLength": 40},
                    "mother": {"$ref": "#/components/schemas/Pet"},
                },
            }
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}


def described(document: Mapping[str, Any], **options: Any) -> Description:
    """Return the description of a document, read in this process."""
    return describe(dict(document), ORDINARY, **{"document_url": URL, **options})


def operation_of(operation: Mapping[str, Any], **document: Any) -> Definition:
    """Return the definition of one operation: ``POST /things``, unless a path is given."""
    path = document.pop("path", "/things")
    method = document.pop("method", "post")
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {path: {method: {"operationId": "act", **operation}}},
        **document,
    }
    found = described(whole)
    assert not found.skipped, found.skipped
    return found.definitions[0]


class Server:
    """Answers a fetch and a send, and keeps what was asked."""

    def __init__(
        self, content: bytes | Mapping[str, Any] = b"", status: int = 200, kind: str = ""
    ) -> None:
        is_json = isinstance(content, Mapping)
        self.content = json.dumps(content).encode() if is_json else bytes(content)  # type: ignore[arg-type]
        self.status = status
        self.kind = kind or "application/json"
        self.fetched: list[tuple[str, str]] = []
        self.sent: list[ApiRequest] = []

    async def fetch(self, method: str, url: str, **_: Any) -> Fetched:
        """Be the ``Fetch`` of a kind."""
        self.fetched.append((method, url))
        return Fetched(
            status=self.status, url=url, headers={"content-type": self.kind}, content=self.content
        )

    async def send(self, request: ApiRequest) -> ApiAnswer:
        """Be the ``Send`` of a kind."""
        self.sent.append(request)
        return ApiAnswer(
            status=self.status, headers={"content-type": self.kind}, content=self.content
        )
