"""The server under test, and how a check calls it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

REVISION = "2026-07-28"
_META = "io.modelcontextprotocol/"
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
URL_MODE: Mapping[str, Any] = {"elicitation": {"url": {}}}
"""The capabilities of a client that opens pages."""


class Failed(Exception):
    """The server does not do what the check asks for. The message says what was seen."""


class Skipped(Exception):
    """The check lacks a token or a tool. The message says which."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool with arguments that fit it."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP answer, and the JSON-RPC message in it, if it has one."""

    http: httpx.Response
    message: Mapping[str, Any]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.http.status_code

    @property
    def result(self) -> Mapping[str, Any]:
        """The result; raises ``Failed`` if there is none."""
        found = self.message.get("result")
        if not isinstance(found, dict):
            raise Failed(f"no result, but {self.status} {self.message.get('error')}")
        return found

    @property
    def challenge(self) -> dict[str, str]:
        """The parameters of the Bearer challenge, ``{}`` without one."""
        values = self.http.headers.get_list("www-authenticate")
        bearer = [each for each in values if each.lower().startswith("bearer")]
        if len(bearer) != 1:
            return {}
        return {name.lower(): text for name, text in re.findall(r'([\w-]+)="([^"]*)"', bearer[0])}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A server and what its owner gives for the checks.

    ``tokens`` are access tokens by kind: ``good`` (every scope), ``small`` (not enough for
    ``write``), ``expired``, ``other_audience``, ``other_issuer``, ``other_user`` (as good, for
    another person), ``without_resource`` (asked for without ``resource``). ``write`` is a tool that
    ``small`` may not call, ``unconnected`` one that needs an account which the user has not
    connected, ``healthy`` one whose account works.
    """

    url: str
    http: httpx.AsyncClient
    tokens: Mapping[str, str]
    write: ToolCall | None = None
    unconnected: ToolCall | None = None
    healthy: ToolCall | None = None

    def token(self, kind: str = "good") -> str:
        """Return a token; raise ``Skipped`` if the owner gave none of that kind."""
        if kind not in self.tokens:
            raise Skipped(f"no token of the kind {kind}")
        return self.tokens[kind]

    def tool(self, kind: str) -> ToolCall:
        """Return a tool; raise ``Skipped`` if the owner named none of that kind."""
        found: ToolCall | None = getattr(self, kind)
        if found is None:
            raise Skipped(f"no tool of the kind {kind}")
        return found

    @property
    def metadata_urls(self) -> tuple[str, str]:
        """The addresses of the metadata: with the path inserted, and at the root."""
        parts = urlsplit(self.url)
        root = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-protected-resource"
        return root + parts.path.rstrip("/"), root

    async def send(
        self,
        token: str | None,
        method: str = "tools/list",
        params: Mapping[str, Any] | None = None,
        *,
        capabilities: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        query: str = "",
    ) -> Answer:
        """Send one request of the revision and read the answer."""
        meta = {
            f"{_META}protocolVersion": REVISION,
            f"{_META}clientInfo": {"name": "resource-checks", "version": "1"},
            f"{_META}clientCapabilities": dict(capabilities or {}),
        }
        message = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": method,
            "params": {**(params or {}), "_meta": meta},
        }
        given = {
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": REVISION,
            "Mcp-Method": method,
        }
        if params and isinstance(params.get("name"), str):
            given["Mcp-Name"] = params["name"]
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        url = self.url + (f"?{query}" if query else "")
        answer = await self.http.post(url, json=message, headers=given | dict(headers or {}))
        return Answer(answer, _message(answer))

    async def call(
        self, token: str | None, tool: ToolCall, more: Mapping[str, Any] | None = None, **given: Any
    ) -> Answer:
        """Call a tool; ``more`` are further parameters, as those of a retry."""
        params = {"name": tool.name, "arguments": dict(tool.arguments), **(more or {})}
        return await self.send(token, "tools/call", params, **given)


def _message(answer: httpx.Response) -> Mapping[str, Any]:
    """Return the response in a JSON body or in a stream of events, ``{}`` without one."""
    if answer.headers.get("content-type", "").startswith("text/event-stream"):
        texts = [line[5:] for line in answer.text.splitlines() if line.startswith("data:")]
    else:
        texts = [answer.text]
    for text in reversed(texts):
        try:
            message = json.loads(text)
        except ValueError:
            continue
        if isinstance(message, dict) and "jsonrpc" in message:
            return message
    return {}


@dataclass(frozen=True, slots=True)
class Check:
    """A named check; ``statement`` is the duty that it belongs to, ``about`` says it in words."""

    name: str
    statement: int
    about: str
    run: Callable[[Target], Awaitable[None]]


CHECKS: dict[str, Check] = {}


def check(
    statement: int,
) -> Callable[[Callable[[Target], Awaitable[None]]], Callable[[Target], Awaitable[None]]]:
    """Register a check under its function's name; the docstring says what is asked for."""

    def register(
        function: Callable[[Target], Awaitable[None]],
    ) -> Callable[[Target], Awaitable[None]]:
        name = function.__name__
        CHECKS[name] = Check(name, statement, (function.__doc__ or "").strip(), function)
        return function

    return register


def require(condition: bool, seen: str) -> None:
    """Raise ``Failed`` with ``seen`` unless ``condition`` holds."""
    if not condition:
        raise Failed(seen)


def is_secure(url: str) -> bool:
    """Whether a URL is https, or http on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
