"""An API of strangers on this machine: a pet shop over OpenAPI, GraphQL and MCP, and its OAuth.

A test changes its document, schema and tools while it runs, and reads what it was sent.
"""

from __future__ import annotations

import base64
import copy
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import mcp_types as types
from graphql import build_schema, graphql
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from tests.support.remote_oauth import RemoteOAuth
from tests.support.serving import serving_at

API_KEY = "key-of-the-pet-shop-4f1c9be7"
USER, PASSWORD = "shop-user", "pw-of-the-pet-shop-8a52d0"
CLIENT_ID, CLIENT_SECRET = "gateway-client", "secret-of-the-pet-shop-77e0"

SDL = """
type Query {
  "Find a pet by its id."
  pet(id: ID!): Pet
  pets(first: Int = 10, species: Species): [Pet!]!
}
type Mutation {
  renamePet(id: ID!, name: String!): Pet
  closeShop: Boolean
}
enum Species { CAT DOG }
type Pet { id: ID! name: String! species: Species! owner: Owner }
type Owner { id: ID! name: String! pets: [Pet!]! }
"""

_PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}


def _answers(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}


def _parameter(name: str, place: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def petstore(url: str) -> dict[str, Any]:
    """The document of the pet shop, whose server is ``url``/api."""
    body = {"required": True, "content": {"application/json": {"schema": dict(_PET)}}}
    by_id = [_parameter("petId", "path", {"type": "string"})]
    scheme = {
        "authorizationCode": {
            "authorizationUrl": f"{url}/oauth/authorize",
            "tokenUrl": f"{url}/oauth/token",
            "refreshUrl": f"{url}/oauth/token",
            "scopes": {"pets:read": "See pets", "pets:write": "Change pets"},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pet shop", "version": "1.0.0", "description": "Pets of a small shop."},
        "servers": [{"url": f"{url}/api"}],
        "security": [{"key": []}, {"login": []}, {"account": ["pets:read", "pets:write"]}],
        "paths": {
            "/pets": {
                "get": {
                    "operationId": "listPets",
                    "summary": "List pets",
                    "parameters": [
                        _parameter("limit", "query", {"type": "integer"}),
                        _parameter("tags", "query", {"type": "array", "items": {"type": "string"}}),
                    ],
                    "responses": _answers({"type": "array", "items": dict(_PET)}),
                },
                "post": {
                    "operationId": "createPet",
                    "summary": "Take in a pet",
                    "requestBody": body,
                    "responses": _answers(dict(_PET)),
                },
            },
            "/pets/{petId}": {
                "get": {
                    "operationId": "getPet",
                    "summary": "Show a pet",
                    "parameters": by_id,
                    "responses": _answers(dict(_PET)),
                },
                "delete": {
                    "operationId": "deletePet",
                    "summary": "Give a pet away",
                    "parameters": by_id,
                    "responses": {"204": {"description": "gone"}},
                },
            },
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
                "login": {"type": "http", "scheme": "basic"},
                "account": {"type": "oauth2", "flows": scheme},
            }
        },
    }


def mcp_tool(name: str, description: str, **hints: bool) -> types.Tool:
    """A tool of the MCP server, with the annotations ``hints``."""
    return types.Tool(
        name=name,
        description=description,
        input_schema={
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
        },
        annotations=types.ToolAnnotations(**hints) if hints else None,
    )


@dataclass(frozen=True)
class Seen:
    """A request that reached the API."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class RemoteApi:
    """The running API; ``document``, ``sdl`` and ``tools`` may be replaced at any time.

    ``calls`` are the requests to operations, ``fetched`` the looks at its document and metadata.
    """

    url: str
    document: dict[str, Any] = field(default_factory=dict)
    sdl: str = SDL
    tools: list[types.Tool] = field(default_factory=list)
    open: bool = False
    redirect: str | None = None
    calls: list[Seen] = field(default_factory=list)
    fetched: list[Seen] = field(default_factory=list)
    pets: dict[str, dict[str, str]] = field(default_factory=dict)
    oauth: RemoteOAuth = field(init=False)

    def __post_init__(self) -> None:
        self.oauth = RemoteOAuth(self.url)
        self.reset()

    def reset(self) -> None:
        """Be as at the beginning: the journeys share one server."""
        # No part of it stands in two places, so that a test changes one.
        self.document, self.sdl = json.loads(json.dumps(petstore(self.url))), SDL
        self.tools = [mcp_tool("greet", "Greet a pet.", readOnlyHint=True)]
        self.open, self.redirect = False, None
        self.pets = {"p1": {"id": "p1", "name": "Rex"}, "p2": {"id": "p2", "name": "Mia"}}
        self.oauth.asked.clear()
        self.oauth.scopes, self.oauth.needed, self.oauth.withholds = [], "", False
        self.calls.clear()
        self.fetched.clear()

    @property
    def document_url(self) -> str:
        """Where the OpenAPI document is."""
        return f"{self.url}/openapi.json"

    @property
    def operation(self) -> Any:
        """The operation ``GET /pets`` of the document, to be changed in place."""
        return self.document["paths"]["/pets"]["get"]

    def app(self) -> Starlette:
        """The whole server."""
        return Starlette(
            routes=[
                Route("/openapi.json", self._document),
                Route("/graphql", self._graphql, methods=["POST"]),
                *self.oauth.routes(),
                Mount("/", self._rest),
            ]
        )

    async def _note(self, request: Request, seen: list[Seen]) -> Seen:
        found = Seen(
            method=request.method,
            path=request.scope["raw_path"].decode(),
            query=tuple(parse_qsl(request.url.query, keep_blank_values=True)),
            headers=dict(request.headers),
            body=await request.body(),
        )
        seen.append(found)
        return found

    def _refusal(self, seen: Seen) -> Response | None:
        """The answer to a request without a valid credential."""
        scheme, _, value = seen.headers.get("authorization", "").partition(" ")
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if (
            self.open
            or seen.headers.get("x-api-key") == API_KEY
            or (scheme == "Basic" and value == basic)
            or (scheme == "Bearer" and value in self.oauth.valid)
        ):
            return None
        return JSONResponse(
            {"error": "unauthorized"}, 401, headers={"WWW-Authenticate": 'Bearer realm="pets"'}
        )

    def _small_grant(self, seen: Seen) -> Response | None:
        """The answer to a tool call whose token has too few scopes."""
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        if seen.json["method"] != "tools/call" or not self.oauth.lacks(token):
            return None
        said = f'Bearer error="insufficient_scope", scope="{self.oauth.needed}"'
        return Response(status_code=403, headers={"WWW-Authenticate": said})

    async def _document(self, request: Request) -> Response:
        await self._note(request, self.fetched)
        if self.redirect is not None:
            return RedirectResponse(self.redirect, 302)
        return JSONResponse(self.document)

    async def _rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        is_look = request.url.path.startswith(("/openapi.json", "/.well-known/"))
        seen = await self._note(request, self.fetched if is_look else self.calls)
        refusal = self._refusal(seen)
        if refusal is None and seen.path == "/mcp":
            refusal = self._small_grant(seen)
        if refusal is None and seen.path == "/mcp":
            await self._mcp(seen, scope, send)
        else:
            await (refusal or self._answer(seen))(scope, receive, send)

    def _answer(self, seen: Seen) -> Response:
        if self.redirect is not None:
            return RedirectResponse(self.redirect, 302)
        place, _, pet = seen.path.removeprefix("/api/").partition("/")
        if place != "pets" or not seen.path.startswith("/api/"):
            return JSONResponse({"error": "not one of the operations"}, 418)
        if not pet:
            if seen.method == "GET":
                return JSONResponse([*self.pets.values()])
            self.pets[seen.json["id"]] = seen.json
            return JSONResponse(seen.json)
        if seen.method == "DELETE":
            self.pets.pop(pet, None)
            return Response(status_code=204)
        found = self.pets.get(pet)
        return JSONResponse(found or {"error": "no such pet"}, 200 if found else 404)

    async def _graphql(self, request: Request) -> Response:
        seen = await self._note(request, self.calls)
        if refusal := self._refusal(seen):
            return refusal
        given = seen.json
        root = {
            "pet": lambda info, id: self._pet(id),
            "pets": lambda info, first=10, species=None: [self._pet(each) for each in self.pets],
            "renamePet": self._rename,
            "closeShop": self._close,
        }
        done = await graphql(
            build_schema(self.sdl),
            given["query"],
            root_value=root,
            variable_values=given.get("variables"),
            operation_name=given.get("operationName"),
        )
        return JSONResponse(done.formatted)

    def _pet(self, name: str) -> dict[str, Any] | None:
        found = self.pets.get(name)
        owner = {"id": "o1", "name": "Ana", "pets": []}
        return None if found is None else {**found, "species": "DOG", "owner": owner}

    def _rename(self, info: Any, id: str, name: str) -> dict[str, Any] | None:
        self.pets[id]["name"] = name
        return self._pet(id)

    def _close(self, info: Any) -> bool:
        self.pets.clear()
        return True

    async def _mcp(self, seen: Seen, scope: Scope, send: Send) -> None:
        async def again() -> Any:
            return {"type": "http.request", "body": seen.body, "more_body": False}

        async def list_tools(context: Any, params: Any) -> types.ListToolsResult:
            return types.ListToolsResult(tools=copy.deepcopy(self.tools))

        async def call_tool(context: Any, params: Any) -> types.CallToolResult:
            said = f"{params.name} {(params.arguments or {}).get('name')}"
            return types.CallToolResult(content=[types.TextContent(type="text", text=said)])

        server: Server[Any] = Server(
            "pet-shop", on_list_tools=list_tools, on_call_tool=call_tool, version="1"
        )
        entry = StreamableHTTPSessionManager(server, stateless=True, json_response=True)
        async with entry.run():
            await entry.handle_request(scope, again, send)


@asynccontextmanager
async def remote_api() -> AsyncIterator[RemoteApi]:
    """A running API, until the context ends."""
    door = socket.create_server(("127.0.0.1", 0))
    api = RemoteApi(f"http://127.0.0.1:{door.getsockname()[1]}")
    async with serving_at(api.app(), door):
        yield api


def allowed(*apis: RemoteApi) -> frozenset[tuple[str, int]]:
    """The setting ``egress_allow`` that lets a gateway call these."""
    return frozenset(("127.0.0.1", int(api.url.rpartition(":")[2])) for api in apis)
