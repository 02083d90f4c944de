"""The deadline and the size limit of a call."""

from __future__ import annotations

import asyncio
import itertools

import anyio
import httpx
import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway
from tests.client.scripted import KEY, TOKEN, URL, OpenGateway, Parts, Time, failure
from tests.support.waiting import PATIENCE_SECONDS


async def test_pauses_and_time_outs_fit_into_the_deadline(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock, time: Time
) -> None:
    httpx_mock.add_exception(httpx.ConnectError("refused"), is_reusable=True)
    await failure(open_gateway(timeout=1.0).get_connector_token("notion", user="u"))
    assert time.pauses == [0.2, 0.4]
    limits = [request.extensions["timeout"]["read"] for request in httpx_mock.get_requests()]
    assert limits == pytest.approx([1.0, 0.8, 0.4])


async def test_connecting_has_a_shorter_time_out_than_the_call(
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


async def test_slow_answer_ends_at_the_deadline(open_gateway: OpenGateway, time: Time) -> None:
    def tick() -> None:
        time.now += 1.0

    drip = Parts(itertools.repeat(b" "), between=tick)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=drip))
    error = await failure(open_gateway(transport=transport).get_connector_token("notion", user="u"))
    assert type(error) is sdk.GatewayUnavailable
    assert "in time" in error.detail
    assert time.now == 1015.0


async def test_endless_answer_is_cut_off_at_four_mebibytes(open_gateway: OpenGateway) -> None:
    flood = Parts(itertools.repeat(b" " * 65_536))
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=flood))
    error = await failure(open_gateway(transport=transport).get_connector_token("notion", user="u"))
    assert type(error) is sdk.UnexpectedAnswer
    assert "4194304 bytes" in error.detail


async def test_silent_gateway_is_given_up_at_the_deadline() -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    async with Gateway(URL, api_key=KEY, transport=Silent(), timeout=0.01) as gateway:
        with anyio.fail_after(PATIENCE_SECONDS):
            error = await failure(gateway.get_connector_token("notion", user="u"))
    assert type(error) is sdk.GatewayUnavailable
    assert "in time" in error.detail
