"""Retries: which calls are repeated, when, and how long the pauses are."""

from __future__ import annotations

import json

import httpx
import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway
from tests.client.scripted import (
    EVERY_CALL,
    NEVER_SENT,
    PERHAPS_SENT,
    REPEATABLE,
    SECRET,
    TOKEN,
    UNREPEATABLE,
    URL,
    OpenGateway,
    Parts,
    Time,
    failure,
    problem,
)


@pytest.mark.parametrize("name", list(EVERY_CALL))
@pytest.mark.parametrize("fault", NEVER_SENT)
async def test_request_that_was_never_sent_is_retried_for_every_call(
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
async def test_lost_answer_of_a_repeatable_call_is_retried(
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
async def test_lost_answer_of_a_change_is_not_retried(
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
async def test_repeatable_call_is_retried_after_a_temporary_error(
    gateway: Gateway, httpx_mock: HTTPXMock, time: Time, status: int, name: str
) -> None:
    ask, answer = REPEATABLE[name]
    httpx_mock.add_response(**problem(status, "provider_unavailable"))
    httpx_mock.add_response(json=answer)
    await ask(gateway)
    assert time.pauses == [0.2]


async def test_error_that_waiting_does_not_mend_is_raised_at_once(
    gateway: Gateway, httpx_mock: HTTPXMock, time: Time
) -> None:
    httpx_mock.add_response(**problem(409, "wrong_environment"))
    error = await failure(gateway.get_connector_token("notion", user="u"))
    assert (type(error), error.code) == (sdk.GatewayError, "wrong_environment")
    assert time.pauses == []


@pytest.mark.parametrize("name", list(UNREPEATABLE))
@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_change_is_not_retried_after_a_temporary_error(
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
async def test_permanent_error_is_not_retried(
    gateway: Gateway, httpx_mock: HTTPXMock, time: Time, status: int
) -> None:
    httpx_mock.add_response(**problem(status, "internal_error"))
    assert (await failure(gateway.get_connector_token("notion", user="u"))).status == status
    assert len(httpx_mock.get_requests()) == 1
    assert time.pauses == []


async def test_truncated_answer_is_retried(open_gateway: OpenGateway, time: Time) -> None:
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
async def test_zero_retries_send_one_request(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock, time: Time, name: str
) -> None:
    httpx_mock.add_exception(httpx.ConnectError("refused"))
    await failure(EVERY_CALL[name][0](open_gateway(retries=0)))
    assert len(httpx_mock.get_requests()) == 1
    assert time.pauses == []


async def test_jitter_shortens_a_pause_by_up_to_half(
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
async def test_pause_is_never_shorter_than_retry_after(
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
async def test_long_retry_after_is_reported_to_the_caller(
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
