"""MCP servers in the process of a test: small ones that answer a ``Fetch`` or a ``Send``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.tool_context import ApiAnswer
from gateway.engine.integration import ApiRequest, Fetched
from gateway.errors import IntegrationUnreachable

URL = "https://mcp.example.com/mcp"
Message = dict[str, Any]


def tool(name: str = "add_note", **more: Any) -> Message:
    """A tool as a server tells it."""
    arguments = {"type": "object", "properties": {"text": {"type": "string"}}}
    return {"name": name, "description": f"Do {name}", "inputSchema": arguments, **more}


@dataclass
class Server:
    """Answers the methods of one era; ``requests`` are those that it got.

    ``era`` is ``modern`` or ``handshake``. ``as_events``: answers are server-sent events.
    ``token``: requests need it. ``metadata`` are documents by URL. ``pages`` are lists of tools.
    """

    pages: list[list[Message]] = field(default_factory=lambda: [[tool()]])
    era: str = "modern"
    as_events: bool = False
    token: str | None = None
    challenge: str = "Bearer"
    metadata: Mapping[str, Any] = field(default_factory=dict)
    result: Message = field(
        default_factory=lambda: {"content": [{"type": "text", "text": "done"}], "isError": False}
    )
    requests: list[ApiRequest] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    body_of_401: Message | None = None

    @property
    def methods(self) -> list[str]:
        """The JSON-RPC methods in the order in which they came."""
        return [request.json["method"] for request in self.requests]

    def send(self, token: str | None = None) -> Callable[[ApiRequest], Any]:
        """Return a ``Send`` with a credential."""

        async def sent(request: ApiRequest) -> ApiAnswer:
            return self._answer(request, token)

        return sent

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        most: int = 1024,
    ) -> Fetched:
        """The ``Fetch`` of a test: the server itself, and its metadata."""
        self.fetched.append(f"{method} {url}")
        if method == "GET":
            if url not in self.metadata:
                return Fetched(status=404, url=url, headers={}, content=b"")
            found = self.metadata[url]
            if isinstance(found, int):
                return Fetched(status=found, url=url, headers={}, content=b"")
            return Fetched(status=200, url=url, headers={}, content=json.dumps(found).encode())
        if url != URL:
            raise IntegrationUnreachable("no")
        request = ApiRequest(
            method=method, path="", headers=headers or {}, json=json.loads(content)
        )
        answer = self._answer(request, None)
        return Fetched(
            status=answer.status, url=url, headers=answer.headers, content=answer.content
        )

    def _answer(self, request: ApiRequest, token: str | None) -> ApiAnswer:
        self.requests.append(request)
        told = {name.lower(): value for name, value in request.headers.items()}
        message = request.json
        if self.token is not None and token != self.token:
            headers = {"www-authenticate": self.challenge, "content-type": "application/json"}
            said = b"" if self.body_of_401 is None else json.dumps(self.body_of_401).encode()
            return ApiAnswer(status=401, headers=headers, content=said)
        is_modern = told.get("mcp-protocol-version") == "2026-07-28"
        if is_modern != (self.era == "modern"):
            return ApiAnswer(status=400, headers={"content-type": "text/plain"}, content=b"no")
        if message["method"] == "initialize":
            begun = {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "serverInfo": {"name": "old", "version": "1"},
            }
            return self._told(message, begun, {"mcp-session-id": "s-1"})
        if self.era == "handshake" and told.get("mcp-session-id") != "s-1":
            return ApiAnswer(status=404, headers={}, content=b"")
        if "id" not in message:
            return ApiAnswer(status=202, headers={}, content=b"")
        return self._told(message, self._result(message), {})

    def _result(self, message: Message) -> Message:
        params = message.get("params", {})
        if message["method"] == "server/discover":
            info = {"io.modelcontextprotocol/serverInfo": {"name": "new", "version": "2"}}
            return {"supportedVersions": ["2026-07-28"], "capabilities": {}, "_meta": info}
        if message["method"] == "tools/list":
            place = int(params.get("cursor", "0"))
            after = {"nextCursor": str(place + 1)} if place + 1 < len(self.pages) else {}
            return {"tools": self.pages[place], **after}
        return self.result

    def _told(self, message: Message, result: Message, headers: dict[str, str]) -> ApiAnswer:
        answer = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result})
        if not self.as_events:
            content, kind = answer.encode(), "application/json"
        else:
            progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}'
            content = (
                f": hi\r\n\r\ndata: {progress}\r\n\r\nevent: message\ndata: {answer}\n\n".encode()
            )
            kind = "text/event-stream; charset=utf-8"
        return ApiAnswer(status=200, headers={"content-type": kind, **headers}, content=content)
