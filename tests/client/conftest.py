"""Both clients of the SDK against a scripted gateway; one test serves both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from gateway.client import Gateway, SyncGateway, Token
from tests.client.scripted import (
    KEY,
    TLS,
    TOKEN,
    URL,
    AwaitableFace,
    OpenGateway,
    Time,
    read_token_answer,
)


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


@pytest.fixture
def token() -> Token:
    return read_token_answer(TOKEN)
