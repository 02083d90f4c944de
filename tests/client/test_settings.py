"""Construction of the clients: address, key, limits, and ownership of the httpx client."""

from __future__ import annotations

import os
import pickle
from inspect import signature
from typing import Any, cast

import httpx
import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway, SyncGateway
from gateway.client.settings import LIMITS
from gateway.server.run import IDLE_SECONDS
from tests.client.scripted import KEY, TOKEN, URL

Kind = type[Gateway | SyncGateway]


@pytest.fixture(params=[Gateway, SyncGateway])
def kind(request: pytest.FixtureRequest) -> type[Gateway | SyncGateway]:
    return cast("type[Gateway | SyncGateway]", request.param)


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
def test_invalid_timeout_and_retries_are_refused(kind: Kind, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        kind(URL, api_key=KEY, **options)


async def test_client_shows_no_key(gateway: Gateway) -> None:
    inner = getattr(gateway, "_inner", gateway)
    assert KEY not in repr(gateway) + repr(gateway.for_user("u")) + repr(vars(inner))
    assert URL in repr(gateway)
    with pytest.raises(TypeError, match="API key"):
        pickle.dumps(inner._settings)


def test_client_and_transport_exclude_each_other() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200))
    with pytest.raises(ValueError, match="not both"):
        Gateway(URL, api_key=KEY, client=httpx.AsyncClient(), transport=transport)
    with pytest.raises(ValueError, match="not both"):
        SyncGateway(URL, api_key=KEY, client=httpx.Client(), transport=transport)


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


def test_idle_connections_are_closed_before_the_server_or_a_load_balancer_closes_them() -> None:
    """A request that crosses the server's close is lost, and not every call may be repeated."""
    expiry = LIMITS.keepalive_expiry
    assert expiry is not None
    assert expiry < min(IDLE_SECONDS, 60)
