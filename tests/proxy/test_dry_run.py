"""A dry run shows the exact request of a call, without its secrets and without any effect."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.store.usage_rules import Algorithm, RateLimit, Rule
from tests.support.provider import StrictProvider
from tests.support.proxied import KEY, PASSWORD, PLACES, Proxy

DRY = {"Gateway-Dry-Run": "true"}


async def test_it_is_the_request_that_is_sent_but_for_the_secret(
    proxy: Proxy, provider: StrictProvider
) -> None:
    connection = await proxy.connect()
    asked: dict[str, Any] = {
        "url": "/v1/proxy/relay/echo?x=1&y=%20",
        "json": {"a": "ü"},
        "headers": {
            "Notion-Version": "1",
            "Cookie": "a=b",
            "Gateway-Trace": "true",
            "Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
    }
    dry = await proxy.client.post(**asked | {"headers": asked["headers"] | DRY})
    assert (dry.status_code, dry.headers["Gateway-Dry-Run"]) == (200, "true")
    shown = dry.json()
    assert provider.calls == []
    await proxy.client.post(**asked)
    (sent,) = provider.calls
    token = sent.bearer
    assert token not in dry.text
    assert shown["method"] == sent.method
    assert shown["url"] == f"https://{sent.host}{sent.target.decode()}"
    headers = {name: value.replace("CREDENTIAL", token) for name, value in shown["headers"]}
    assert headers["traceparent"] == asked["headers"]["Traceparent"]
    framing = {"host", "content-length"}
    assert headers == {
        name.decode().lower(): value.decode()
        for name, value in sent.headers
        if name.decode().lower() not in framing
    }
    assert shown["body"].encode() == sent.body
    assert shown["connection"] == connection.id
    assert shown["forecast"]["passes"] is True


@pytest.mark.parametrize("connector", PLACES)
async def test_no_place_of_a_credential_shows_it(
    proxy: Proxy, provider: StrictProvider, connector: str
) -> None:
    dry = await proxy.client.post(f"/v1/proxy/{connector}/things", json={"a": 1}, headers=DRY)
    assert dry.status_code == 200
    shown = dry.json()
    assert "CREDENTIAL" in f"{shown['url']} {shown['headers']} {shown['body']}"
    assert KEY not in dry.text
    assert PASSWORD not in dry.text
    assert provider.calls == []


async def test_it_has_no_effect(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    rows = proxy.harness.services.tokens._connections._rows
    before = await rows.find({})
    proxy.harness.clock.advance(days=1)  # the token is over, and is not renewed
    dry = await proxy.client.get("/v1/proxy/relay/echo", headers=DRY)
    assert dry.status_code == 200
    assert provider.seen == []
    assert await proxy.events() == []
    assert await rows.find({}) == before


async def test_it_names_the_rule_that_would_refuse(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    hourly = RateLimit(most=1, seconds=3600, algorithm=Algorithm.WINDOW)
    rule = Rule(id="one", name="One an hour", rate=hourly)
    await proxy.harness.services.meter.rules.set("default", [rule], revision=0)
    answer = await proxy.client.get("/v1/proxy/relay/echo")
    assert answer.status_code == 200
    for _ in range(2):  # it takes nothing of the limit
        dry = await proxy.client.get("/v1/proxy/relay/echo", headers=DRY)
        forecast = dry.json()["forecast"]
        assert (forecast["passes"], forecast["refused_by"]) == (False, "one")
        assert forecast["rules"][0]["error"] == "rule_rate_limited"
        assert forecast["price"] == "unknown"


async def test_what_is_no_text_is_shown_in_base64(proxy: Proxy) -> None:
    await proxy.connect()
    dry = await proxy.client.put("/v1/proxy/relay/echo", content=b"\xff\x00", headers=DRY)
    assert (dry.json()["body"], dry.json()["body_base64"]) == (None, "/wA=")


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/v1/proxy/relay/a/%2e%2e/x", DRY, "path_refused"),
        ("/v1/proxy/relay/echo", {"Gateway-Dry-Run": "yes"}, "invalid_request"),
        ("/v1/proxy/relay/echo", DRY | {"Gateway-Trace": "yes"}, "invalid_request"),
        ("/v1/proxy/relay/echo", DRY | {"Gateway-User": "bob"}, "connector_required"),
    ],
)
async def test_it_fails_as_the_call_would(
    proxy: Proxy, path: str, headers: dict[str, str], code: str
) -> None:
    await proxy.connect()
    answer = await proxy.client.get(path, headers=headers)
    assert answer.headers["Gateway-Error"] == code
