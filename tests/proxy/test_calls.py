"""``/v1/proxy``: the provider's own request and answer, with the credential in its place."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Restrictions, Role
from tests.support.assertions import HEADER, Host
from tests.support.problems import problem
from tests.support.provider import StrictProvider
from tests.support.proxied import KEY, PASSWORD, USER, Proxy

CALL = "/v1/proxy/relay/things"


def gateways(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer that is the gateway's own."""
    assert answer.headers["gateway-error"] == code
    return problem(answer, status, code)


async def test_a_call_is_the_providers_own(proxy: Proxy, provider: StrictProvider) -> None:
    """Method, path, query, headers and body arrive byte for byte, and the answer comes back so."""
    await proxy.connect()
    body = b'{"a":  1.50,\n"b":"\xc3\xa9"}'
    headers = {"Content-Type": "application/json", "X-Own": "one", "Accept": "a/b"}
    answer = await proxy.client.patch(
        f"{CALL}/a%20b;v=1?x=1&x=2&y=%2F+~'&z", content=body, headers=headers
    )
    (seen,) = provider.calls
    assert (seen.method, seen.host, seen.body) == ("PATCH", "acme.relay.example", body)
    assert seen.target == b"/api/v1/things/a%20b;v=1?x=1&x=2&y=%2F+~'&z"
    (token,) = provider.tokens
    assert seen.all(b"authorization") == [f"Bearer {token}".encode()]
    assert seen.all(b"content-length") == [str(len(body)).encode()]
    assert [*map(seen.all, (b"x-own", b"accept"))] == [[b"one"], [b"a/b"]]
    assert answer.status_code == 200
    assert answer.content == json.dumps(answer.json()).encode()
    assert "gateway-error" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_methods_are_passed_on(proxy: Proxy, provider: StrictProvider, method: str) -> None:
    await proxy.connect()
    answer = await proxy.client.request(method, CALL)
    assert (answer.status_code, provider.calls[0].method) == (200, method)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "LOCK", "FOO"])
async def test_other_methods_are_refused(
    proxy: Proxy, provider: StrictProvider, method: str
) -> None:
    """TRACE would send the credential back."""
    await proxy.connect()
    answer = await proxy.client.request(method, CALL)
    assert answer.status_code in {400, 405}
    assert not provider.seen


async def test_the_bases_own_path_may_be_repeated(proxy: Proxy, provider: StrictProvider) -> None:
    """SDKs of providers have it in their paths."""
    await proxy.connect()
    for path in ("api/v1/things", "things", "api/v1/", "", "api/v1x"):
        assert (await proxy.client.get(f"/v1/proxy/relay/{path}")).status_code == 200
    assert [seen.path for seen in provider.calls] == [
        "/api/v1/things",
        "/api/v1/things",
        "/api/v1",
        "/api/v1",
        "/api/v1/api/v1x",
    ]


async def test_the_answer_has_the_gateways_few_headers(proxy: Proxy) -> None:
    """No header of a page belongs on the answer of an API."""
    await proxy.connect()
    answer = await proxy.client.get(CALL, headers={"X-Request-Id": "req_of_the_tool"})
    assert {*answer.headers} == {
        "content-type",
        "content-length",
        "date",
        "gateway-price",
        "gateway-request-id",
        "server-timing",
        "vary",
    }
    assert answer.headers["gateway-request-id"] == "req_of_the_tool"
    assert re.fullmatch(r"gateway;dur=[0-9]+\.[0-9]{2}", answer.headers["server-timing"])


# Whom the call is for


async def test_account_and_owner_choose_the_connection(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect(account="acct-1", tenant="acme")
    other = await proxy.connect(account="acct-2", tenant="globex")
    for headers, tenant in (
        ({}, "acme"),
        ({"Gateway-Account": "acct-2"}, "globex"),
        ({"Gateway-Account": other.id}, "globex"),
        ({"Gateway-Owner": "user"}, "acme"),
    ):
        assert (await proxy.client.get(CALL, headers=headers)).status_code == 200
        assert provider.calls[-1].host == f"{tenant}.relay.example"
    missing = await proxy.client.get(CALL, headers={"Gateway-Account": "acct-3"})
    gateways(missing, 404, "account_not_found")
    gateways(
        await proxy.client.get(CALL, headers={"Gateway-Owner": "org"}), 409, "connector_required"
    )


@pytest.mark.parametrize(
    "headers",
    [
        [("Gateway-User", "")],
        [("Gateway-User", "bob"), ("Gateway-User", "alice")],
        [("Gateway-User", b"\xff")],
        [("Gateway-User", "a" * 256)],
        [("Gateway-User", "alice"), ("Gateway-Owner", "everybody")],
        [("Gateway-User", "alice"), ("Gateway-Account", "")],
        [],
    ],
)
async def test_a_call_names_one_user(
    proxy: Proxy, provider: StrictProvider, headers: list[tuple[Any, Any]]
) -> None:
    await proxy.connect()
    del proxy.client.headers["Gateway-User"]
    given = [*proxy.client.headers.items(), *headers]
    gateways(await proxy.client.get(CALL, headers=given), 422, "invalid_request")
    assert not provider.seen


async def test_a_user_id_may_have_any_letters(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect("Zoë Ünal")
    headers = {b"Gateway-User": "Zoë Ünal".encode()}
    assert (await proxy.client.get(CALL, headers=headers)).status_code == 200


@pytest.mark.requirement("E5", "F2")
async def test_only_a_key_with_the_role_calls(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    others = await proxy.harness.key(*(role for role in Role if role is not Role.PROXY))
    for authorization, status, code in (
        (f"Bearer {others}", 403, "forbidden"),
        ("Bearer nonsense", 401, "unauthorized"),
    ):
        headers = {"Authorization": authorization}
        gateways(await proxy.client.get(CALL, headers=headers), status, code)
    assert not provider.seen


@pytest.mark.requirement("F2")
async def test_an_assertion_says_the_user(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    await proxy.connect("bob", tenant="globex")
    host = Host()
    _, key = await proxy.harness.services.keys.create(
        tenant="default",
        roles=[Role.PROXY],
        restrictions=Restrictions(connectors=("relay",), assertion_keys=[host.public]),
    )
    del proxy.client.headers["Gateway-User"]
    proxy.client.headers["Authorization"] = f"Bearer {key.reveal()}"
    gateways(await proxy.client.get(CALL), 403, "assertion_required")
    bobs = {HEADER: host.sign("bob")}
    assert (await proxy.client.get(CALL, headers=bobs)).status_code == 200
    (seen,) = provider.calls
    assert (seen.host, seen.all(HEADER.lower().encode())) == ("globex.relay.example", [])
    alices = {**bobs, "Gateway-User": "alice"}
    gateways(await proxy.client.get(CALL, headers=alices), 403, "assertion_invalid")
    other = await proxy.client.get("/v1/proxy/in-header/x", headers=bobs)
    gateways(other, 403, "forbidden")


# The places of a credential


@pytest.mark.requirement("I1")
async def test_in_a_header(proxy: Proxy, provider: StrictProvider) -> None:
    """The caller's values are dropped, in any spelling; a constant header is only a default."""
    headers = [("X-API-Key", "own"), ("x_api_key", "own"), ("Authorization", "Basic own")]
    headers += [("Api-Version", "2025-05-05")]
    given = [*proxy.client.headers.items(), *headers[:2], headers[3]]
    await proxy.client.get("/v1/proxy/in-header/x", headers=given)
    await proxy.client.get("/v1/proxy/in-header/x")
    first, second = provider.calls
    assert first.all(b"x-api-key") == [KEY.encode()]
    assert not first.all(b"x_api_key")
    assert not first.all(b"authorization")
    assert first.all(b"api-version") == [b"2025-05-05"]
    assert second.all(b"api-version") == [b"2026-01-01"]


@pytest.mark.requirement("I1")
@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("", "api_key={key}"),
        ("a=1", "a=1&api_key={key}"),
        ("api_key=own", "api_key={key}"),
        ("a=1&API_Key=own&b=2", "a=1&b=2&api_key={key}"),
        ("api%5Fkey=own&%61pi_key", "api_key={key}"),
        ("a=1;api_key=own", "a=1;api_key={key}"),
        ("a=1&&b=%26api_key=", "a=1&b=%26api_key=&api_key={key}"),
    ],
)
async def test_in_the_query(proxy: Proxy, provider: StrictProvider, given: str, sent: str) -> None:
    await proxy.client.get(f"/v1/proxy/in-query/x?{given}")
    (seen,) = provider.calls
    assert seen.target.decode() == f"/api/v1/x?{sent.format(key=KEY)}"


@pytest.mark.requirement("I1")
async def test_in_the_body(proxy: Proxy, provider: StrictProvider) -> None:
    url = "/v1/proxy/in-body/x"
    assert (await proxy.client.post(url, json={"a": [1], "api_key": "own"})).status_code == 200
    assert (await proxy.client.post(url, data={"a": "1", "api_key": "own"})).status_code == 200
    assert (await proxy.client.post(url)).status_code == 200
    assert (await proxy.client.get(url)).status_code == 200
    object_, form, empty, get = provider.calls
    assert json.loads(object_.body) == {"a": [1], "api_key": KEY}
    assert form.body == f"a=1&api_key={KEY}".encode()
    assert json.loads(empty.body) == {"api_key": KEY}
    assert empty.all(b"content-type") == [b"application/json"]
    assert get.body == b""
    for content, kind in (
        (b"[1]", "application/json"),
        (b'{"a":', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"text", "text/plain"),
    ):
        answer = await proxy.client.post(url, content=content, headers={"Content-Type": kind})
        gateways(answer, 422, "invalid_request")
    answer = await proxy.client.post(url, json={"a": "x" * 2_000_000})
    gateways(answer, 413, "too_large")
    assert len(provider.calls) == 4


@pytest.mark.requirement("I1")
async def test_in_http_basic_and_in_the_path(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.client.get("/v1/proxy/in-basic/x")
    await proxy.client.get("/v1/proxy/in-path/x")
    basic, path = provider.calls
    pair = base64.b64encode(f"{USER}:{PASSWORD}".encode())
    assert basic.all(b"authorization") == [b"Basic " + pair]
    assert path.path == f"/api/v1/bot{KEY}/x"
    assert not path.all(b"authorization")


# What goes wrong


async def test_an_error_of_the_provider_is_its_own(proxy: Proxy) -> None:
    await proxy.connect()
    for code in (400, 403, 404, 409, 418, 429, 500, 503, 599):
        answer = await proxy.client.get(f"/v1/proxy/relay/status?code={code}")
        assert (answer.status_code, answer.json()) == (code, {"code": str(code)})
        assert "gateway-error" not in answer.headers


async def test_a_missing_connection_says_where_to_connect(proxy: Proxy) -> None:
    told = gateways(await proxy.client.get(CALL), 409, "connector_required")
    assert told["connect_url"].endswith("/connectors/relay")
    gateways(await proxy.client.get("/v1/proxy/nothing/x"), 404, "connector_unknown")
    assert (await proxy.client.get("/v1/proxy/relay")).status_code == 404


@pytest.mark.requirement("I2")
async def test_an_upgrade_is_refused(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    headers |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    gateways(await proxy.client.get(CALL, headers=headers), 501, "upgrade_refused")
    assert not provider.seen


@pytest.mark.requirement("I1", "H3")
@pytest.mark.parametrize(
    ("to", "passes"),
    [
        ("https://acme.relay.example/api/v1/next", True),
        ("https://files.relay.example/x", True),
        ("/api/v1/next", True),
        ("next?page=2", True),
        ("https://globex.relay.example/x", False),
        ("https://acme.relay.example:444/x", False),
        ("https://acme.relay.example@evil.example/", False),
        ("http://acme.relay.example/", False),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("javascript:alert(1)", False),
        ("https:evil.example", False),
    ],
)
async def test_a_redirect_is_handed_back(
    proxy: Proxy, provider: StrictProvider, to: str, passes: bool
) -> None:
    """It is not followed, and its address passes only if it leads to the API."""
    await proxy.connect()
    answer = await proxy.client.get("/v1/proxy/relay/redirect", params={"to": to})
    assert answer.status_code == 302
    assert answer.headers.get("location") == (to if passes else None)
    assert len(provider.calls) == 1
