"""Answers that are not the gateway's: proxies, redirects, broken and random bodies."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from gateway.client import Gateway, calls
from gateway.client.answers import Answer, read_answer
from tests.client.scripted import CONNECTION, KEY, SECRET, TOKEN, URL, OpenGateway, failure

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
async def test_html_of_a_proxy_is_classified_by_its_status_and_not_quoted(
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
async def test_success_status_other_than_200_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, status: int
) -> None:
    httpx_mock.add_response(status_code=status, json=TOKEN)
    error = await failure(gateway.get_connector_token("notion", user="u"))
    assert (type(error), error.status) == (sdk.UnexpectedAnswer, status)
    assert SECRET not in str(error)


async def test_redirects_are_not_followed_even_if_the_given_client_follows_them(
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
async def test_body_other_than_a_json_object_is_unexpected(
    gateway: Gateway, httpx_mock: HTTPXMock, body: bytes
) -> None:
    httpx_mock.add_response(content=body, headers={"Content-Type": "application/json"})
    error = await failure(gateway.get_connector_token("notion", user="u"))
    assert type(error) is sdk.UnexpectedAnswer
    assert error.status == 200
    assert SECRET not in str(error)
    assert (error.__cause__, error.__context__) == (None, None)
    assert len(httpx_mock.get_requests()) == 1


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


# The very first run builds Hypothesis' tables, which counts as slow.
@given(
    status=st.sampled_from([200, 204, 302, 404, 409, 429, 500, 503]),
    body=st.binary(max_size=50)
    | st.fixed_dictionaries({}, optional=MEMBERS).map(json.dumps).map(str.encode),
    retry_after=TEXT,
)
def test_arbitrary_answers_raise_gateway_errors_only(
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
