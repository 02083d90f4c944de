"""The requests that the SDK sends: method, path, headers and body."""

from __future__ import annotations

import hashlib
import json

import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway, Token
from tests.client.scripted import (
    EVERY_CALL,
    KEY,
    OLD,
    SECRET,
    TOKEN,
    TOKEN_URL,
    URL,
    Ask,
    failure,
    problem,
    sent_json,
)


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
async def test_rejected_token_is_sent_as_its_hash_only(
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


async def test_user_context_sends_its_user(
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
