"""The SDK against a scripted gateway: what it sends, what it makes of each answer, what it repeats.

One test serves both clients: `open_gateway` gives the blocking one an awaitable face.
"""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import hashlib
import itertools
import json
import os
import pickle
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime
from inspect import signature
from typing import Any, cast

import anyio
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway, SyncGateway, Token, calls
from gateway.client.answers import Answer, read_answer

pytestmark = pytest.mark.anyio

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
    "user": "u_123",
    "external_account_id": "ws-9",
    "account_label": "Acme",
    "status": "active",
    "status_reason": None,
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
    },
    "connection": CONNECTION,
}
CONNECTOR: dict[str, Any] = {
    "name": "notion",
    "display_name": "Notion",
    "category": "productivity",
    "scopes": [],
    "connection_config": {},
    "supports_refresh": True,
    "supports_multiple_accounts": True,
    "connect_url": f"{URL}/connectors/notion",
}

Ask = Callable[[Gateway], Awaitable[object]]
REPEATABLE: dict[str, tuple[Ask, dict[str, Any]]] = {
    "token": (lambda g: g.get_connector_token("notion", user="u"), TOKEN),
    "rejected": (lambda g: g.get_connector_token("notion", user="u", rejected_token=OLD), TOKEN),
    "connections": (lambda g: g.list_connections(user="u"), {"connections": [CONNECTION]}),
    "connection": (lambda g: g.get_connection("con_1"), CONNECTION),
    "connectors": (lambda g: g.list_connectors(), {"connectors": [CONNECTOR]}),
}
UNREPEATABLE: dict[str, tuple[Ask, dict[str, Any]]] = {
    "refresh": (lambda g: g.refresh_connector_token("notion", user="u"), TOKEN),
    "default": (lambda g: g.make_default("con_1"), CONNECTION),
    "disconnect": (lambda g: g.disconnect("con_1"), {"revoked": "yes"}),
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
    """A clock that moves only when somebody sleeps."""

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
    """Makes the methods of a blocking object awaitable."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __repr__(self) -> str:
        return repr(self._inner)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name == "for_user":
            return lambda user: AwaitableFace(method(user))

        async def call(*args: object, **options: object) -> object:
            return method(*args, **options)

        return call


OpenGateway = Callable[..., Gateway]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_gateway_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWAY_URL", raising=False)
    monkeypatch.delenv("GATEWAY_API_KEY", raising=False)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["async", "sync"])
async def open_gateway(request: pytest.FixtureRequest, time: Time) -> AsyncIterator[OpenGateway]:
    opened: list[Gateway] = []

    def open_one(**given: Any) -> Gateway:
        options: dict[str, Any] = {"api_key": KEY, "clock": time.clock, "jitter": lambda: 1.0}
        # One TLS context for all: each costs 30 ms.
        if request.param == "async":
            options |= {"transport": httpx.AsyncHTTPTransport(verify=TLS)} | given
            opened.append(Gateway(URL, sleep=time.async_sleep, **options))
        else:
            options |= {"transport": httpx.HTTPTransport(verify=TLS)} | given
            blocking = AwaitableFace(SyncGateway(URL, sleep=time.sleep, **options))
            opened.append(cast(Gateway, blocking))
        return opened[-1]

    yield open_one
    for gateway in opened:
        await (gateway.close if request.param == "sync" else gateway.aclose)()  # type: ignore[attr-defined]


@pytest.fixture
def gateway(open_gateway: OpenGateway) -> Gateway:
    return open_gateway()


def problem(status: int, code: str, **members: object) -> dict[str, Any]:
    """Arguments for a problem answer of the gateway."""
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


# What is sent


async def test_token_call_sends_only_the_given_members_and_the_key_in_the_header(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(method="POST", url=TOKEN_URL, json=TOKEN)
    await gateway.get_connector_token("notion", user="u_123")
    (request,) = httpx_mock.get_requests()
    assert json.loads(request.content) == {"user": "u_123"}
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["Content-Type"] == "application/json"


async def test_token_call_sends_every_option(gateway: Gateway, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=TOKEN)
    await gateway.get_connector_token("notion", user="u_123", account="Acme", min_seconds=0)
    assert sent_json(httpx_mock) == {"user": "u_123", "account": "Acme", "min_seconds": 0}


@pytest.mark.parametrize("as_token", [False, True])
async def test_rejected_token_leaves_as_its_hash_alone(
    gateway: Gateway, httpx_mock: HTTPXMock, token: Token, as_token: bool
) -> None:
    httpx_mock.add_response(json=TOKEN)
    await gateway.get_connector_token(
        "notion", user="u", rejected_token=token if as_token else SECRET
    )
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    assert sent_json(httpx_mock) == {"user": "u", "rejected_token_sha256": digest}
    assert SECRET.encode() not in httpx_mock.get_requests()[0].content


@pytest.mark.parametrize(
    ("ask", "method", "path", "body"),
    [
        (
            lambda g: g.refresh_connector_token("notion", user="u", account="a"),
            "POST",
            "/v1/connectors/notion/refresh",
            {"user": "u", "account": "a"},
        ),
        (EVERY_CALL["connectors"][0], "GET", "/v1/connectors/available", None),
        (EVERY_CALL["connection"][0], "GET", "/v1/connections/con_1", None),
        (EVERY_CALL["default"][0], "PATCH", "/v1/connections/con_1", {"is_default": True}),
        (EVERY_CALL["disconnect"][0], "DELETE", "/v1/connections/con_1", None),
        (
            lambda g: g.list_connections(user="a&b=ü +"),
            "GET",
            "/v1/connections?user=a%26b%3D%C3%BC%20%2B",
            None,
        ),
    ],
    ids=["refresh", "connectors", "connection", "default", "disconnect", "connections"],
)
async def test_each_call_has_its_method_path_and_body(
    gateway: Gateway, httpx_mock: HTTPXMock, ask: Ask, method: str, path: str, body: object
) -> None:
    httpx_mock.add_response(**problem(403, "forbidden"))
    assert type(await failure(ask(gateway))) is sdk.Forbidden
    (request,) = httpx_mock.get_requests()
    assert (request.method, request.url.raw_path.decode()) == (method, path)
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert (json.loads(request.content) if request.content else None) == body


@pytest.mark.parametrize(
    ("name", "segment"),
    [("a b?c#d", "a%20b%3Fc%23d"), ("%2e%2e", "%252e%252e"), ("ü;x=1", "%C3%BC%3Bx%3D1")],
)
async def test_path_segments_are_percent_encoded(
    gateway: Gateway, httpx_mock: HTTPXMock, name: str, segment: str
) -> None:
    httpx_mock.add_response(json=TOKEN)
    httpx_mock.add_response(json={"revoked": "no"})
    await gateway.get_connector_token(name, user="u")
    await gateway.disconnect(name)
    paths = [request.url.raw_path.decode() for request in httpx_mock.get_requests()]
    assert paths == [f"/v1/connectors/{segment}/token", f"/v1/connections/{segment}"]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../keys", "a\\b", "a\nb", "\x00", "\ud800"]
)
async def test_path_segments_that_could_lead_elsewhere_are_not_sent(
    gateway: Gateway, httpx_mock: HTTPXMock, name: str
) -> None:
    for asked in (gateway.get_connector_token(name, user="u"), gateway.disconnect(name)):
        error = await failure(asked)
        assert type(error) is sdk.InvalidRequest
        assert error.status is None
    assert httpx_mock.get_requests() == []


async def test_base_url_keeps_its_path_and_loses_its_trailing_slash(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url="https://host.test/gw/v1/connectors/notion/token", json=TOKEN)
    async with Gateway("https://host.test/gw/", api_key=KEY) as gateway:
        await gateway.get_connector_token("notion", user="u")


async def test_user_context_asks_for_its_user(
    gateway: Gateway, httpx_mock: HTTPXMock, token: Token
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json=TOKEN)
    httpx_mock.add_response(url=f"{URL}/v1/connectors/notion/refresh", json=TOKEN)
    httpx_mock.add_response(url=f"{URL}/v1/connections?user=u_123", json={"connections": []})
    context = gateway.for_user("u_123")
    assert await context.get_connector_token("notion", account="a", min_seconds=9) == token
    assert await context.refresh_connector_token("notion", account="b") == token
    assert await context.list_connections() == []
    first, second, _ = httpx_mock.get_requests()
    assert json.loads(first.content) == {"user": "u_123", "account": "a", "min_seconds": 9}
    assert json.loads(second.content) == {"user": "u_123", "account": "b"}


async def test_user_context_passes_a_rejected_token_on(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(json=TOKEN)
    await gateway.for_user("u_123").get_connector_token("notion", rejected_token=OLD)
    digest = hashlib.sha256(OLD.encode()).hexdigest()
    assert sent_json(httpx_mock) == {"user": "u_123", "rejected_token_sha256": digest}


# Results


@pytest.fixture
def token() -> Token:
    answer = Answer(200, httpx.Headers(), json.dumps(TOKEN).encode())
    return read_answer(calls.get_token("notion", user="u"), answer)


async def test_token_has_every_field_typed(gateway: Gateway, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=TOKEN | {"a_field_of_tomorrow": 1})
    token = await gateway.get_connector_token("notion", user="u_123")
    assert token.access_token == SECRET
    assert token.token_type == TOKEN["token_type"]
    assert token.authorization == f"Bearer {SECRET}"
    assert token.expires_at == datetime(2026, 7, 2, 11, 30, tzinfo=UTC)
    assert token.scopes == ("read", "write")
    assert token.api.base_url == "https://api.notion.com"
    assert dict(token.api.headers) == TOKEN["api"]["headers"]
    assert httpx.Headers(token.api.headers)["Authorization"] == f"Bearer {SECRET}"
    assert token.connection == sdk.Connection(
        id="con_1",
        connector="notion",
        user="u_123",
        external_account_id="ws-9",
        account_label="Acme",
        status="active",
        status_reason=None,
        is_default=True,
        scopes=("read",),
        metadata={"workspace_id": "ws-9"},
        created_at=datetime(2026, 7, 1, 10, tzinfo=UTC),
        updated_at=datetime(2026, 7, 2, 10, 0, 0, 250_000, tzinfo=UTC),
        last_used_at=None,
    )
    assert token.connection.updated_at.tzinfo is UTC


async def test_refresh_gives_a_token_without_expiry_or_base_url(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    api = {"base_url": None, "headers": {"X-Shopify-Access-Token": SECRET}}
    httpx_mock.add_response(json=TOKEN | {"expires_at": None, "token_type": "bot", "api": api})
    token = await gateway.refresh_connector_token("notion", user="u")
    assert (token.expires_at, token.api.base_url) == (None, None)
    assert token.authorization == f"Bearer {SECRET}"
    assert token.api.headers["X-Shopify-Access-Token"] == SECRET


async def test_management_calls_give_typed_results(
    gateway: Gateway, httpx_mock: HTTPXMock, token: Token
) -> None:
    httpx_mock.add_response(method="GET", json={"connectors": [CONNECTOR]})
    httpx_mock.add_response(method="GET", json={"connections": [CONNECTION, CONNECTION]})
    httpx_mock.add_response(method="GET", json=CONNECTION)
    httpx_mock.add_response(method="PATCH", json=CONNECTION)
    (connector,) = await gateway.list_connectors()
    assert dataclasses.asdict(connector) == CONNECTOR | {"scopes": ()}
    assert await gateway.list_connections(user="u") == [token.connection] * 2
    assert await gateway.get_connection("con_1") == token.connection
    assert await gateway.make_default("con_1") == token.connection


@pytest.mark.parametrize("revoked", ["yes", "no", "unsupported", "shared"])
async def test_disconnect_tells_what_became_of_the_grant(
    gateway: Gateway, httpx_mock: HTTPXMock, revoked: str
) -> None:
    httpx_mock.add_response(method="DELETE", json={"revoked": revoked})
    assert await gateway.disconnect("con_1") == revoked


# Secrets


def test_token_shows_no_secret_in_any_text(token: Token) -> None:
    shown = [f"{form}" for form in (token, token.api, token.api.headers, [token])]
    shown += [repr(token), f"{token!s:>5}", repr(token.api), repr(token.api.headers)]
    assert not [text for text in shown if SECRET in text or "2022-06-28" in text]
    assert "access_token=***" in repr(token)
    assert "{'Authorization': ***, 'Notion-Version': ***}" in repr(token)
    assert "account_label='Acme'" in repr(token)


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy, dataclasses.asdict])
def test_token_is_not_serialised(token: Token, write: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="holds a secret") as caught:
        write(token)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_pickle_protocol_gets_around_the_refusal(token: Token, protocol: int) -> None:
    for secret in (token, token.api, token.api.headers):
        with pytest.raises(TypeError, match="holds a secret"):
            pickle.dumps(secret, protocol)


def test_token_is_frozen_and_hashable(token: Token) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        token.access_token = "other"  # type: ignore[misc]
    assert hash(token) == hash(dataclasses.replace(token))


async def test_client_shows_no_key(gateway: Gateway) -> None:
    inner = getattr(gateway, "_inner", gateway)
    assert KEY not in repr(gateway) + repr(gateway.for_user("u")) + repr(vars(inner))
    assert URL in repr(gateway)
    with pytest.raises(TypeError, match="API key"):
        pickle.dumps(inner._settings)


@pytest.mark.parametrize(
    "fault", [*NEVER_SENT, *PERHAPS_SENT, httpx.LocalProtocolError, httpx.DecodingError]
)
async def test_errors_hold_neither_the_key_nor_the_failed_request(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock, fault: type[httpx.RequestError]
) -> None:
    text = "refused" if fault in NEVER_SENT else f"Illegal header value b'Bearer {KEY}'"
    httpx_mock.add_exception(fault(text))
    error = await failure(open_gateway(retries=0).get_connector_token("notion", user="u"))
    assert KEY not in f"{error} {error!r} {vars(error)}"
    assert (error.__cause__, error.__context__) == (None, None)
    expected = sdk.UnexpectedAnswer if fault is httpx.DecodingError else sdk.GatewayUnavailable
    assert type(error) is expected
    assert error.status is None


# Errors of the API


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "connector_unknown", sdk.ConnectorUnknown),
        (404, "account_not_found", sdk.AccountNotFound),
        (404, "connection_not_found", sdk.ConnectionNotFound),
        (503, "provider_unavailable", sdk.ProviderUnavailable),
        (401, "unauthorized", sdk.Unauthorized),
        (403, "forbidden", sdk.Forbidden),
        (429, "rate_limited", sdk.RateLimited),
        (422, "invalid_request", sdk.InvalidRequest),
        (503, "store_unavailable", sdk.GatewayUnavailable),
        (500, "internal_error", sdk.GatewayUnavailable),
        (418, "code_of_tomorrow", sdk.GatewayError),
        (507, "code_of_tomorrow", sdk.GatewayUnavailable),
        (429, "code_of_tomorrow", sdk.RateLimited),
        (401, "code_of_tomorrow", sdk.Unauthorized),
    ],
)
async def test_each_code_raises_its_error_with_the_facts(
    open_gateway: OpenGateway,
    httpx_mock: HTTPXMock,
    status: int,
    code: str,
    kind: type[sdk.GatewayError],
) -> None:
    httpx_mock.add_response(**problem(status, code, connector="notion"))
    error = await failure(open_gateway(retries=0).get_connector_token("notion", user="u"))
    assert type(error) is kind
    assert (error.code, error.status, error.detail) == (code, status, "What it is.")
    assert (error.request_id, error.connector) == ("req_7", "notion")
    assert str(error) == f"What it is. ({code}, request req_7)"


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (
            "connector_required",
            sdk.ConnectorRequired,
            f"notion is not connected for this user yet. To connect it, open {CONNECT_URL}",
        ),
        (
            "reauthorization_required",
            sdk.ReauthorizationRequired,
            f"The connection to notion no longer works. To connect it again, open {CONNECT_URL}",
        ),
    ],
)
async def test_missing_connection_says_where_to_connect(
    gateway: Gateway,
    httpx_mock: HTTPXMock,
    code: str,
    kind: type[sdk.ConnectorRequired],
    sentence: str,
) -> None:
    httpx_mock.add_response(**problem(409, code, connect_url=CONNECT_URL, connector="notion"))
    with pytest.raises(sdk.ConnectorRequired) as caught:
        await gateway.get_connector_token("notion", user="u")
    error = caught.value
    assert type(error) is kind
    assert (error.connect_url, error.code, error.status) == (CONNECT_URL, code, 409)
    assert (error.request_id, error.connector) == ("req_7", "notion")
    assert str(error) == sentence


@pytest.mark.parametrize(
    "link", [None, 7, "", "/connectors/notion", "javascript:alert(1)", "https://a b", "https://a\n"]
)
async def test_missing_connection_without_a_web_address_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, link: object
) -> None:
    httpx_mock.add_response(**problem(409, "connector_required", connect_url=link))
    error = await failure(gateway.get_connector_token("notion", user="u"))
    assert type(error) is sdk.UnexpectedAnswer
    assert "connect_url" in error.detail


@pytest.mark.parametrize("code", ["provider_unavailable", "store_unavailable", "rate_limited"])
async def test_retry_after_reaches_the_caller_in_seconds(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock, code: str
) -> None:
    answer = problem(429 if code == "rate_limited" else 503, code)
    answer["headers"]["Retry-After"] = "30"
    httpx_mock.add_response(**answer)
    with pytest.raises(sdk.RetryLater) as caught:
        await open_gateway(retries=0).get_connector_token("notion", user="u")
    assert caught.value.retry_after == 30.0


async def test_detail_of_an_error_stays_on_one_short_line(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    detail = "first\nsecond\x1b[31m\u202e" + "x" * 600
    httpx_mock.add_response(**problem(403, "forbidden", detail=detail, request_id="a\r\nb"))
    error = await failure(gateway.get_connector_token("notion", user="u"))
    assert error.detail == ("firstsecond[31m" + "x" * 600)[:500]
    assert error.request_id == "ab"


@pytest.mark.parametrize(
    "error",
    [
        sdk.GatewayError("What.", code="c", status=418, request_id="r", connector="notion"),
        sdk.ReauthorizationRequired("What.", connect_url=CONNECT_URL, status=409),
        sdk.RateLimited("What.", retry_after=2.5, request_id="r"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_the_way_through_a_task_queue(error: sdk.GatewayError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own bytes
    assert type(again) is type(error)
    assert (str(again), vars(again), again.args) == (str(error), vars(error), error.args)


def test_every_error_is_a_gateway_error_with_a_code_of_its_own() -> None:
    named = [getattr(sdk, name) for name in sdk.__all__]
    errors = [each for each in named if isinstance(each, type) and issubclass(each, Exception)]
    kinds = [each for each in errors if issubclass(each, sdk.GatewayError)]
    assert kinds == errors
    codes = {each.default_code for each in kinds} - {sdk.GatewayError.default_code}
    assert len(codes) == len(kinds) - 2  # the root, and RetryLater which is never raised itself


# Answers of somebody else


HTML = b"<html><body>Login, " + KEY.encode() + b"</body></html>"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, sdk.UnexpectedAnswer),
        (201, sdk.UnexpectedAnswer),
        (204, sdk.UnexpectedAnswer),
        (302, sdk.UnexpectedAnswer),
        (401, sdk.UnexpectedAnswer),
        (404, sdk.UnexpectedAnswer),
        (429, sdk.RateLimited),
        (500, sdk.GatewayUnavailable),
        (502, sdk.GatewayUnavailable),
        (599, sdk.GatewayUnavailable),
    ],
)
async def test_html_of_a_proxy_is_told_by_its_status_and_not_quoted(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock, status: int, kind: type[sdk.GatewayError]
) -> None:
    headers = {"Content-Type": "text/html; charset=utf-8", "Retry-After": "3"}
    headers["Location"] = "http://elsewhere.test/"
    httpx_mock.add_response(status_code=status, content=HTML, headers=headers)
    error = await failure(open_gateway(retries=0).get_connector_token("notion", user="u"))
    assert type(error) is kind
    assert (error.status, error.request_id, error.code) == (status, None, kind.default_code)
    assert KEY not in f"{error} {vars(error)}"
    if isinstance(error, sdk.RetryLater):
        assert error.retry_after == 3.0
    else:
        assert f"answered {status} (text/html)" in error.detail
    assert len(httpx_mock.get_requests()) == 1


@pytest.mark.parametrize("status", [201, 202, 206, 299])
async def test_success_of_another_kind_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, status: int
) -> None:
    httpx_mock.add_response(status_code=status, json=TOKEN)
    error = await failure(gateway.get_connector_token("notion", user="u"))
    assert (type(error), error.status) == (sdk.UnexpectedAnswer, status)
    assert SECRET not in str(error)


async def test_redirects_are_not_followed_even_by_a_client_that_would(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_response(status_code=307, headers={"Location": "http://elsewhere.test/"})
    async with httpx.AsyncClient(follow_redirects=True) as client:
        gateway = Gateway(URL, api_key=KEY, client=client)
        error = await failure(gateway.get_connector_token("notion", user="u"))
    assert type(error) is sdk.UnexpectedAnswer
    assert "redirect" in error.detail
    assert [request.url.host for request in httpx_mock.get_requests()] == ["gateway.test"]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(TOKEN).encode()[:-20],
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe\x00",
        b"[" * 200_000,
        json.dumps(
            TOKEN | {"connection": CONNECTION | {"metadata": {"size": float("nan")}}}
        ).encode(),
    ],
    ids=["truncated", "empty", "null", "array", "string", "bytes", "deep", "nan"],
)
async def test_body_that_is_no_json_object_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, body: bytes
) -> None:
    httpx_mock.add_response(content=body, headers={"Content-Type": "application/json"})
    error = await failure(gateway.get_connector_token("notion", user="u"))
    assert type(error) is sdk.UnexpectedAnswer
    assert error.status == 200
    assert SECRET not in str(error)
    assert (error.__cause__, error.__context__) == (None, None)
    assert len(httpx_mock.get_requests()) == 1


def wrong_tokens() -> Iterator[Any]:
    """The right answer with one field wrong: where, what the error says, and the document."""

    def walk(value: dict[str, Any], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, inner in value.items():
            yield (*before, name)
            if isinstance(inner, dict) and name not in {"metadata", "headers"}:
                yield from walk(inner, (*before, name))

    for path in walk(TOKEN, ()):
        for kind, wrong in {"number": 7, "list": [SECRET, 7], "object": {SECRET: 7}}.items():
            if (path[-1], kind) == ("metadata", "object"):
                continue  # any object will do
            document = copy.deepcopy(TOKEN)
            holder = document
            for name in path[:-1]:
                holder = holder[name]
            holder[path[-1]] = wrong
            where = ".".join(path)
            yield pytest.param(where, document, id=f"{where}-{kind}")


def read_token_answer(document: object) -> Token:
    answer = Answer(200, httpx.Headers(), json.dumps(document).encode())
    return read_answer(calls.get_token("notion", user="u"), answer)


@pytest.mark.parametrize(("where", "document"), list(wrong_tokens()))
def test_token_with_a_field_of_another_type_names_the_field_and_not_its_value(
    where: str, document: object
) -> None:
    with pytest.raises(sdk.UnexpectedAnswer) as caught:
        read_token_answer(document)
    assert f": {where}" in caught.value.detail
    assert SECRET not in str(caught.value)
    assert caught.value.status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": ""},
        {"access_token": f"{SECRET}\r\nX-Evil: 1"},
        {"access_token": f"{SECRET} "},
        {"access_token": f"{SECRET}\u00e9"},
        {"api": {"base_url": None, "headers": {"Authorization": f"Bearer {SECRET}\nX: 1"}}},
        {"api": {"base_url": None, "headers": {"Authori zation": SECRET}}},
        {"expires_at": "2026-07-02T11:30:00"},
        {"expires_at": "tomorrow"},
        {"expires_at": "0001-01-01T00:00:00+23:59"},
        {"connection": CONNECTION | {"created_at": None}},
        {"connection": CONNECTION | {"is_default": 1}},
    ],
)
def test_token_that_could_not_be_used_is_unexpected(change: dict[str, Any]) -> None:
    with pytest.raises(sdk.UnexpectedAnswer) as caught:
        read_token_answer(TOKEN | change)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("connections", {"connections": None}),
        ("connections", {"connections": [7]}),
        ("connectors", {"connectors": [CONNECTOR | {"name": None}]}),
        ("connection", {}),
        ("disconnect", {"revoked": True}),
        ("disconnect", {"revoked": "perhaps"}),
    ],
)
async def test_management_answer_of_wrong_shape_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, name: str, document: object
) -> None:
    httpx_mock.add_response(json=document)
    assert type(await failure(EVERY_CALL[name][0](gateway))) is sdk.UnexpectedAnswer


TEXT = st.text("09azAZ:/.,+- \n\x00\u00e9", max_size=30)
ODD: list[object] = [
    None,
    True,
    -1,
    10**400,
    float("nan"),
    "https://a.test",
    "x\r\n",
    "\ud800",
    [],
    [[]],
    {},
]
JSON: st.SearchStrategy[object] = st.sampled_from(ODD) | TEXT
MEMBERS = {name: JSON for name in [*TOKEN, "code", "detail", "request_id", "connect_url"]}


# The first run ever builds Hypothesis' own tables, which counts as slow.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    status=st.sampled_from([200, 204, 302, 404, 409, 429, 500, 503]),
    body=st.binary(max_size=50)
    | st.fixed_dictionaries({}, optional=MEMBERS).map(json.dumps).map(str.encode),
    retry_after=TEXT,
)
def test_no_answer_raises_anything_but_a_gateway_error(
    status: int, body: bytes, retry_after: str
) -> None:
    headers = httpx.Headers(
        [
            (b"Content-Type", b"application/problem+json"),
            (b"Retry-After", retry_after.encode("latin-1")),
            (b"Date", b"Thu, 02 Jul 2026 10:00:00 GMT"),
        ]
    )
    with pytest.raises(sdk.GatewayError):
        read_answer(calls.get_token("notion", user="u"), Answer(status, headers, body))


# Retries


@pytest.mark.parametrize("name", list(EVERY_CALL))
@pytest.mark.parametrize("fault", NEVER_SENT)
async def test_request_that_never_left_is_sent_again_whatever_it_is(
    gateway: Gateway,
    httpx_mock: HTTPXMock,
    time: Time,
    fault: type[httpx.TransportError],
    name: str,
) -> None:
    ask, answer = EVERY_CALL[name]
    httpx_mock.add_exception(fault("refused"))
    httpx_mock.add_response(json=answer)
    await ask(gateway)
    assert time.pauses == [0.2]


@pytest.mark.parametrize("name", list(REPEATABLE))
@pytest.mark.parametrize("fault", PERHAPS_SENT)
async def test_lost_answer_of_a_read_is_asked_for_again(
    gateway: Gateway,
    httpx_mock: HTTPXMock,
    time: Time,
    fault: type[httpx.TransportError],
    name: str,
) -> None:
    ask, answer = REPEATABLE[name]
    httpx_mock.add_exception(fault("lost"))
    httpx_mock.add_response(json=answer)
    await ask(gateway)
    assert time.pauses == [0.2]


@pytest.mark.parametrize("name", list(UNREPEATABLE))
@pytest.mark.parametrize("fault", PERHAPS_SENT)
async def test_lost_answer_of_a_change_is_never_asked_for_again(
    gateway: Gateway,
    httpx_mock: HTTPXMock,
    time: Time,
    fault: type[httpx.TransportError],
    name: str,
) -> None:
    httpx_mock.add_exception(fault("lost"))
    assert type(await failure(UNREPEATABLE[name][0](gateway))) is sdk.GatewayUnavailable
    assert len(httpx_mock.get_requests()) == 1
    assert time.pauses == []


@pytest.mark.parametrize("name", list(REPEATABLE))
@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_read_is_repeated_after_a_passing_refusal(
    gateway: Gateway, httpx_mock: HTTPXMock, time: Time, status: int, name: str
) -> None:
    ask, answer = REPEATABLE[name]
    httpx_mock.add_response(**problem(status, "provider_unavailable"))
    httpx_mock.add_response(json=answer)
    await ask(gateway)
    assert time.pauses == [0.2]


@pytest.mark.parametrize("name", list(UNREPEATABLE))
@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_change_is_not_repeated_after_a_passing_refusal(
    gateway: Gateway, httpx_mock: HTTPXMock, time: Time, status: int, name: str
) -> None:
    answer = problem(status, "provider_unavailable")
    answer["headers"]["Retry-After"] = "1"
    httpx_mock.add_response(**answer)
    error = await failure(UNREPEATABLE[name][0](gateway))
    assert type(error) is sdk.ProviderUnavailable
    assert error.retry_after == 1.0
    assert len(httpx_mock.get_requests()) == 1
    assert time.pauses == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 501])
async def test_lasting_refusal_is_not_repeated(
    gateway: Gateway, httpx_mock: HTTPXMock, time: Time, status: int
) -> None:
    httpx_mock.add_response(**problem(status, "internal_error"))
    assert (await failure(gateway.get_connector_token("notion", user="u"))).status == status
    assert len(httpx_mock.get_requests()) == 1
    assert time.pauses == []


async def test_truncated_transfer_is_asked_for_again(open_gateway: OpenGateway, time: Time) -> None:
    answers = iter(
        [Parts([b"{"], end=httpx.RemoteProtocolError), Parts([json.dumps(TOKEN).encode()])]
    )
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=next(answers)))
    token = await open_gateway(transport=transport).get_connector_token("notion", user="u")
    assert token.access_token == SECRET
    assert time.pauses == [0.2]


async def test_retries_end_with_the_last_error_after_growing_pauses(
    gateway: Gateway, httpx_mock: HTTPXMock, time: Time
) -> None:
    httpx_mock.add_exception(httpx.ConnectError("refused"), is_reusable=True)
    error = await failure(gateway.get_connector_token("notion", user="u"))
    assert str(error) == f"Cannot reach the gateway at {URL}: refused. (gateway_unavailable)"
    assert len(httpx_mock.get_requests()) == 4
    assert time.pauses == [0.2, 0.4, 0.8]


@pytest.mark.parametrize("name", ["token", "refresh"])
async def test_no_retries_means_one_request(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock, time: Time, name: str
) -> None:
    httpx_mock.add_exception(httpx.ConnectError("refused"))
    await failure(EVERY_CALL[name][0](open_gateway(retries=0)))
    assert len(httpx_mock.get_requests()) == 1
    assert time.pauses == []


async def test_chance_shortens_a_pause_by_up_to_half(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock, time: Time
) -> None:
    httpx_mock.add_exception(httpx.ConnectError("refused"), is_reusable=True)
    await failure(open_gateway(jitter=lambda: 0.0).get_connector_token("notion", user="u"))
    assert time.pauses == [0.1, 0.2, 0.4]


@pytest.mark.parametrize(
    ("retry_after", "date", "pause"),
    [
        ("2", None, 2.2),
        ("0", None, 0.2),
        ("10", None, 10.2),
        ("Thu, 02 Jul 2026 10:00:04 GMT", "Thu, 02 Jul 2026 10:00:00 GMT", 4.2),
        ("Thu, 02 Jul 2026 10:00:00 GMT", "Thu, 02 Jul 2026 10:00:04 GMT", 0.2),
        ("Thu, 02 Jul 2026 10:00:04 GMT", None, 0.2),
        ("-5", None, 0.2),
        ("\u0665", None, 0.2),
        ("soon", None, 0.2),
    ],
)
async def test_pause_is_never_shorter_than_the_gateway_asks(
    gateway: Gateway,
    httpx_mock: HTTPXMock,
    time: Time,
    retry_after: str,
    date: str | None,
    pause: float,
) -> None:
    answer = problem(503, "provider_unavailable")
    headers = [("Content-Type", b"application/problem+json"), ("Retry-After", retry_after.encode())]
    answer["headers"] = headers + ([("Date", date.encode())] if date else [])
    httpx_mock.add_response(**answer)
    httpx_mock.add_response(json=TOKEN)
    await gateway.get_connector_token("notion", user="u")
    assert time.pauses == [pause]


@pytest.mark.parametrize(
    ("asked", "timeout", "told"), [(15, 15.0, 15.0), (11, 600.0, 11.0), (10**30, 15.0, 86_400.0)]
)
async def test_pause_that_is_too_long_is_left_to_the_caller(
    open_gateway: OpenGateway,
    httpx_mock: HTTPXMock,
    time: Time,
    asked: int,
    timeout: float,  # noqa: ASYNC109 - the interface of httpcore
    told: float,
) -> None:
    answer = problem(429, "rate_limited")
    answer["headers"]["Retry-After"] = str(asked)
    httpx_mock.add_response(**answer)
    error = await failure(open_gateway(timeout=timeout).get_connector_token("notion", user="u"))
    assert isinstance(error, sdk.RateLimited)
    assert error.retry_after == told
    assert time.pauses == []


async def test_pauses_and_time_outs_fit_into_the_deadline(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock, time: Time
) -> None:
    httpx_mock.add_exception(httpx.ConnectError("refused"), is_reusable=True)
    await failure(open_gateway(timeout=1.0).get_connector_token("notion", user="u"))
    assert time.pauses == [0.2, 0.4]
    limits = [request.extensions["timeout"]["read"] for request in httpx_mock.get_requests()]
    assert limits == pytest.approx([1.0, 0.8, 0.4])


async def test_connecting_may_not_use_up_the_whole_deadline(
    gateway: Gateway, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(json=TOKEN)
    await gateway.get_connector_token("notion", user="u")
    (request,) = httpx_mock.get_requests()
    assert request.extensions["timeout"] == {
        "connect": 5.0,
        "read": 15.0,
        "write": 15.0,
        "pool": 15.0,
    }


class Parts(httpx.AsyncByteStream, httpx.SyncByteStream):
    """A body that arrives in parts and then ends, well or with a fault."""

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


async def test_dripping_answer_ends_at_the_deadline(open_gateway: OpenGateway, time: Time) -> None:
    def tick() -> None:
        time.now += 1.0

    drip = Parts(itertools.repeat(b" "), between=tick)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=drip))
    error = await failure(open_gateway(transport=transport).get_connector_token("notion", user="u"))
    assert type(error) is sdk.GatewayUnavailable
    assert "in time" in error.detail
    assert time.now == 1015.0


async def test_endless_answer_is_cut_off(open_gateway: OpenGateway) -> None:
    flood = Parts(itertools.repeat(b" " * 65_536))
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=flood))
    error = await failure(open_gateway(transport=transport).get_connector_token("notion", user="u"))
    assert type(error) is sdk.UnexpectedAnswer
    assert "4194304 bytes" in error.detail


async def test_gateway_that_never_answers_is_given_up_at_the_deadline() -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    async with Gateway(URL, api_key=KEY, transport=Silent(), timeout=0.01) as gateway:
        with anyio.fail_after(5):
            error = await failure(gateway.get_connector_token("notion", user="u"))
    assert type(error) is sdk.GatewayUnavailable
    assert "in time" in error.detail


# Opening and closing


@pytest.fixture(params=[Gateway, SyncGateway])
def kind(request: pytest.FixtureRequest) -> type[Gateway | SyncGateway]:
    return cast("type[Gateway | SyncGateway]", request.param)


Kind = type[Gateway | SyncGateway]


def test_address_and_key_come_from_the_environment(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_URL", "http://from-env.test")
    monkeypatch.setenv("GATEWAY_API_KEY", KEY)
    assert repr(kind()) == f"{kind.__name__}('http://from-env.test')"
    assert repr(kind("http://given.test")) == f"{kind.__name__}('http://given.test')"


@pytest.mark.parametrize("left", ["", None])
def test_missing_address_or_key_names_the_variable_to_set(
    kind: Kind, monkeypatch: pytest.MonkeyPatch, left: str | None
) -> None:
    if left is not None:
        monkeypatch.setenv("GATEWAY_URL", left)
        monkeypatch.setenv("GATEWAY_API_KEY", left)
    with pytest.raises(ValueError, match=r"^no base_url: pass base_url= or set GATEWAY_URL$"):
        kind(api_key=KEY)
    with pytest.raises(ValueError, match=r"^no api_key: pass api_key= or set GATEWAY_API_KEY$"):
        kind(URL)


@pytest.mark.parametrize(
    ("key", "problem_named"),
    [
        (f"{KEY}\u00e9", "not ASCII"),
        (f"{KEY}\n", "line break"),
        (f"{KEY}\r\nX-Evil: 1", "line break"),
        (f"a {KEY}", "space"),
        (f"\x00{KEY}", "control character"),
        (f"{KEY}\x7f", "control character"),
        ("", "api_key is empty"),
    ],
)
@pytest.mark.parametrize("source", ["argument", "environment"])
def test_unusable_key_is_refused_without_showing_it(
    kind: Kind, monkeypatch: pytest.MonkeyPatch, key: str, problem_named: str, source: str
) -> None:
    if source == "environment" and "\x00" not in key and key:
        monkeypatch.setenv("GATEWAY_API_KEY", key)
    with pytest.raises(ValueError, match=problem_named) as caught:
        kind(URL, api_key=None if "GATEWAY_API_KEY" in os.environ else key)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "problem_named"),
    [
        ("", "base_url is empty"),
        ("localhost:3141", "http://"),
        ("/v1", "http://"),
        ("ftp://host.test", "http://"),
        ("http://", "host"),
        ("http://user:hunter2@host.test", "user name or password"),
        ("http://host.test?a=1", "query"),
        ("http://host.test/#a", "fragment"),
        ("http://host.test:port", "not a URL"),
        ("http://host.test/\x00", "not a URL"),
    ],
)
def test_unusable_address_is_refused_without_repeating_it(
    kind: Kind, url: str, problem_named: str
) -> None:
    with pytest.raises(ValueError, match=problem_named) as caught:
        kind(url, api_key=KEY)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "options", [{"timeout": 0.0}, {"timeout": float("nan")}, {"timeout": -1.0}, {"retries": -1}]
)
def test_senseless_limits_are_refused(kind: Kind, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        kind(URL, api_key=KEY, **options)


async def test_own_client_is_closed_and_a_given_one_is_not(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=TOKEN, is_reusable=True)
    async with httpx.AsyncClient() as client:
        async with Gateway(URL, api_key=KEY, client=client) as gateway:
            await gateway.get_connector_token("notion", user="u")
        assert not client.is_closed
    with httpx.Client() as blocking_client:
        with SyncGateway(URL, api_key=KEY, client=blocking_client) as blocking:
            blocking.get_connector_token("notion", user="u")
        assert not blocking_client.is_closed
    async with Gateway(URL, api_key=KEY) as gateway:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        await gateway.get_connector_token("notion", user="u")
    with SyncGateway(URL, api_key=KEY) as blocking:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        blocking.get_connector_token("notion", user="u")


def test_client_and_transport_exclude_each_other() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200))
    with pytest.raises(ValueError, match="not both"):
        Gateway(URL, api_key=KEY, client=httpx.AsyncClient(), transport=transport)
    with pytest.raises(ValueError, match="not both"):
        SyncGateway(URL, api_key=KEY, client=httpx.Client(), transport=transport)


def test_both_clients_offer_the_same_calls_with_the_same_arguments() -> None:
    def calls_of(kind: type) -> dict[str, list[str]]:
        methods = {name: each for name, each in vars(kind).items() if not name.startswith("_")}
        return {
            name.removeprefix("a" if name == "aclose" else ""): list(signature(each).parameters)
            for name, each in methods.items()
        }

    assert calls_of(Gateway) == calls_of(SyncGateway)
    assert calls_of(sdk.UserContext) == calls_of(sdk.SyncUserContext)
    assert list(signature(Gateway).parameters) == list(signature(SyncGateway).parameters)


def test_sdk_brings_in_nothing_of_the_server() -> None:
    script = (
        "import sys, gateway.client\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in "
        "{'gateway', 'connectors', 'motor', 'pymongo', 'pydantic', 'starlette', 'authlib'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    names = done.stdout.split()
    assert "gateway.client" in names
    assert [
        name for name in names if name.split(".")[:2] not in (["gateway"], ["gateway", "client"])
    ] == []
