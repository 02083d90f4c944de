"""The provider's ``Retry-After`` is honoured for a connection, in every process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proxy.test_calls import gateways
from tests.support.gateway import FakeClock
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy, proxying

AT = "/v1/proxy/relay/"


@pytest.mark.parametrize("code", [429, 503])
async def test_a_pause_is_kept_and_told(
    proxy: Proxy, provider: StrictProvider, clock: FakeClock, code: int
) -> None:
    await proxy.connect()
    await proxy.connect("bob", tenant="globex")
    first = await proxy.client.get(AT + f"status?code={code}&after=30")
    assert (first.status_code, first.headers["retry-after"]) == (code, "30")
    assert "gateway-error" not in first.headers
    clock.advance(seconds=10)
    refused = await proxy.client.get(AT + "x")
    gateways(refused, 429, "provider_rate_limited")
    assert refused.headers["retry-after"] == "20"
    bobs = {"Gateway-User": "bob"}
    assert (await proxy.client.get(AT + "x", headers=bobs)).status_code == 200
    assert len(provider.calls) == 2
    clock.advance(seconds=20)
    assert (await proxy.client.get(AT + "x")).status_code == 200
    results = [(event["result"], event["status"]) for event in await proxy.events()]
    assert results == [("answered", code), ("refused", None), ("answered", 200), ("answered", 200)]


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("code=429", False),
        ("code=429&after=0", False),
        ("code=429&after=-5", False),
        ("code=429&after=soon", False),
        ("code=500&after=30", False),
        ("code=200&after=30", False),
        ("code=429&after=99999999", True),
    ],
)
async def test_only_a_pause_that_was_asked_for(
    proxy: Proxy, clock: FakeClock, query: str, refused: bool
) -> None:
    """And none is longer than a quarter of an hour."""
    await proxy.connect()
    await proxy.client.get(AT + f"status?{query}")
    answer = await proxy.client.get(AT + "x")
    assert answer.status_code == (429 if refused else 200)
    if refused:
        assert answer.headers["retry-after"] == "900"
        clock.advance(seconds=900)
        assert (await proxy.client.get(AT + "x")).status_code == 200


async def test_another_process_pauses_too(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider, clock: FakeClock
) -> None:
    async with (
        proxying(mongodb_url, database_name, tmp_path, provider, clock=clock) as one,
        proxying(mongodb_url, database_name, tmp_path, provider, clock=clock) as other,
    ):
        await one.connect()
        assert (await other.client.get(AT + "x")).status_code == 200  # so that it has looked
        await one.client.get(AT + "status?code=429&after=30")
        for _ in range(100):  # the change stream tells it within a moment
            answer = await other.client.get(AT + "x")
            if answer.status_code == 429:
                break
        gateways(answer, 429, "provider_rate_limited")
