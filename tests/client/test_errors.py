"""The gateway's errors as the SDK raises them."""

from __future__ import annotations

import pickle

import httpx
import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway
from tests.client.scripted import (
    CONNECT_URL,
    KEY,
    NEVER_SENT,
    PERHAPS_SENT,
    OpenGateway,
    failure,
    problem,
)


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


async def test_an_incomplete_connection_says_what_is_missing_and_where_to_go(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock
) -> None:
    url = "https://gateway.example.com/connectors/atlassian?reconnect=con_1"
    httpx_mock.add_response(
        **problem(409, "connection_incomplete", connector="atlassian", connect_url=url)
    )
    error = await failure(open_gateway(retries=0).get_connector_token("atlassian", user="u"))
    assert type(error) is sdk.ConnectionIncomplete
    assert not isinstance(error, sdk.ConnectorRequired)
    assert (error.connect_url, error.detail, error.status) == (url, "What it is.", 409)


async def test_a_missing_permission_says_where_to_grant_it(
    open_gateway: OpenGateway, httpx_mock: HTTPXMock
) -> None:
    """Who handles ``ConnectorRequired`` handles this, too: the link asks for what is missing."""
    url = "https://gateway.example.com/connectors/google?reconnect=con_1&scopes=calendar"
    httpx_mock.add_response(**problem(409, "scopes_required", connector="google", connect_url=url))
    asking = open_gateway(retries=0).get_connector_token("google", user="u", scopes=["calendar"])
    error = await failure(asking)
    assert type(error) is sdk.ScopesRequired
    assert isinstance(error, sdk.ConnectorRequired)
    assert (error.connect_url, error.status) == (url, 409)
    assert str(error) == f"google lacks a permission that is needed. To grant it, open {url}"
    (request,) = httpx_mock.get_requests()
    assert request.content == b'{"user":"u","scopes":["calendar"]}'


async def test_scopes_in_one_string_are_refused_before_sending(open_gateway: OpenGateway) -> None:
    """A string would be one scope for each letter."""
    with pytest.raises(sdk.InvalidRequest, match="pass a list"):
        await open_gateway().get_connector_token("google", user="u", scopes="calendar")


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
        (409, "wrong_environment", sdk.GatewayError),
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
async def test_missing_connection_error_has_the_connect_url(
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
def test_errors_survive_pickling(error: sdk.GatewayError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own bytes
    assert type(again) is type(error)
    assert (str(again), vars(again), again.args) == (str(error), vars(error), error.args)


def test_every_error_is_a_gateway_error_with_its_own_code() -> None:
    named = [getattr(sdk, name) for name in sdk.__all__]
    errors = [each for each in named if isinstance(each, type) and issubclass(each, Exception)]
    kinds = [each for each in errors if issubclass(each, sdk.GatewayError)]
    assert kinds == errors
    codes = {each.default_code for each in kinds} - {sdk.GatewayError.default_code}
    assert len(codes) == len(kinds) - 2  # the root, and RetryLater which is never raised itself
