"""A scripted gateway for tests of the SDK: sample answers, calls, and a clock."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway, Token, calls
from gateway.client.answers import Answer, read_answer

URL = "http://gateway.test:3141"
KEY = "gk_7Qm2canaryKeyThatMustNotShow"
SECRET = "ntn_canarySecretThatMustNotShow"
OLD = "ntn_old"
TLS = ssl.create_default_context()
TOKEN_URL = f"{URL}/v1/connectors/notion/token"
CONNECT_URL = f"{URL}/connectors/notion?tool=search"
CONNECTION: dict[str, Any] = {
    "id": "con_1",
    "connector": "notion",
    "method": "oauth2",
    "owner": "user",
    "user": "u_123",
    "external_account_id": "ws-9",
    "account_label": "Acme",
    "status": "active",
    "status_reason": None,
    "status_since": "2026-07-01T10:00:00Z",
    "action": None,
    "is_default": True,
    "scopes": ["read"],
    "metadata": {"workspace_id": "ws-9"},
    "created_at": "2026-07-01T10:00:00Z",
    "updated_at": "2026-07-02T12:00:00.250+02:00",
    "last_used_at": None,
}
TOKEN: dict[str, Any] = {
    "access_token": SECRET,
    "token_type": "Bearer",
    "expires_at": "2026-07-02T11:30:00Z",
    "scopes": ["read", "write"],
    "api": {
        "base_url": "https://api.notion.com",
        "headers": {"Authorization": f"Bearer {SECRET}", "Notion-Version": "2022-06-28"},
        "query": {"api_key": SECRET},
        "body": {"key": SECRET},
    },
    "connection": CONNECTION,
}
CONNECTOR: dict[str, Any] = {
    "name": "notion",
    "display_name": "Notion",
    "description": "Pages and databases.",
    "category": "productivity",
    "scopes": [],
    "methods": ["oauth2"],
    "connection_config": {},
    "key_inputs": {},
    "supports_refresh": True,
    "supports_multiple_accounts": True,
    "connect_url": f"{URL}/connectors/notion",
}
TOOL: dict[str, Any] = {
    "name": "notion_search_pages",
    "description": "Search pages by title.",
    "effect": "read",
    "policy": "auto",
    "connectors": ["notion"],
    "input_schema": {
        "type": "object",
        "properties": {"query": {"type": "string", "title": "Query"}},
        "required": ["query"],
        "additionalProperties": False,
    },
    "available": True,
    "reason": None,
    "detail": None,
    "connector_required": [],
}
ACCOUNT: dict[str, Any] = {
    "kind": "notion",
    "displayName": "Notion",
    "accountLabel": "Acme",
    "isDefault": True,
    "scope": "read write",
    "id": "con_1",
    "owner": "user",
    "status": "active",
}
TOOLS: dict[str, Any] = {"tools": [TOOL], "connectors": [ACCOUNT], "next_cursor": None}
RESULT: dict[str, Any] = {"result": {"pages": []}, "truncated": False, "next": None, "cost": None}
Ask = Callable[[Gateway], Awaitable[object]]
REPEATABLE: dict[str, tuple[Ask, dict[str, Any]]] = {
    "token": (lambda g: g.get_connector_token("notion", user="u"), TOKEN),
    "rejected": (lambda g: g.get_connector_token("notion", user="u", rejected_token=OLD), TOKEN),
    "connections": (lambda g: g.list_connections(user="u"), {"connections": [CONNECTION]}),
    "connection": (lambda g: g.get_connection("con_1"), CONNECTION),
    "connectors": (lambda g: g.list_connectors(), {"connectors": [CONNECTOR]}),
    "tools": (lambda g: g.tools(user="u"), TOOLS),
    "keyed": (lambda g: g.call_tool("t_do_x", user="u", idempotency_key="k1"), RESULT),
}
UNREPEATABLE: dict[str, tuple[Ask, dict[str, Any]]] = {
    "refresh": (lambda g: g.refresh_connector_token("notion", user="u"), TOKEN),
    "default": (lambda g: g.make_default("con_1"), CONNECTION),
    "disconnect": (lambda g: g.disconnect("con_1"), {"revoked": "yes"}),
    "call": (lambda g: g.call_tool("t_do_x", user="u"), RESULT),
}
EVERY_CALL = REPEATABLE | UNREPEATABLE
NEVER_SENT = [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout]
PERHAPS_SENT = [
    httpx.ReadError,
    httpx.ReadTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    httpx.RemoteProtocolError,
    httpx.ProxyError,
]


class Time:
    """A clock that only ``sleep`` moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(round(seconds, 6))
        self.now += seconds

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)


class AwaitableFace:
    """The methods of a blocking object, awaitable."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __repr__(self) -> str:
        return repr(self._inner)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name == "for_user":
            return lambda user: AwaitableFace(method(user))
        if name == "integrations":
            return AwaitableFace(method)

        async def call(*args: object, **options: object) -> object:
            return method(*args, **options)

        return call


OpenGateway = Callable[..., Gateway]


def problem(status: int, code: str, **members: object) -> dict[str, Any]:
    """Build the arguments of ``add_response`` for an error of the gateway."""
    document = {"type": "about:blank", "title": "No.", "status": status, "detail": "What it is."}
    document |= {"code": code, "request_id": "req_7"} | members
    return {
        "status_code": status,
        "content": json.dumps(document).encode(),
        "headers": {"Content-Type": "application/problem+json"},
    }


def sent_json(mock: HTTPXMock) -> object:
    (request,) = mock.get_requests()
    return json.loads(request.content)


async def failure(asked: Awaitable[object]) -> sdk.GatewayError:
    with pytest.raises(sdk.GatewayError) as caught:
        await asked
    return caught.value


class Parts(httpx.AsyncByteStream, httpx.SyncByteStream):
    """A body that arrives in parts; then it ends or raises ``end``."""

    def __init__(
        self,
        parts: Iterable[bytes],
        *,
        between: Callable[[], None] = lambda: None,
        end: type[httpx.TransportError] | None = None,
    ) -> None:
        self._parts, self._between, self._end = parts, between, end

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._between()
            yield part
        if self._end:
            raise self._end("cut")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


def read_token_answer(document: object) -> Token:
    answer = Answer(200, httpx.Headers(), json.dumps(document).encode())
    return read_answer(calls.get_token("notion", user="u"), answer)
