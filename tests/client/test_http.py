"""``Gateway.http``: an httpx client for a provider's API; one test serves both kinds."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from gateway import client as sdk
from tests.client.scripted import CONNECT_URL, KEY, NEVER_SENT, TLS, URL, Parts, problem

BASE = f"{URL}/v1/proxy/notion"
PROVIDERS = {"Gateway-Request-Id": "req_7"}
Call = Callable[..., Any]


class Face:
    """One of both kinds of clients, awaitable."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        if kind == "async":
            inner: Any = httpx.AsyncHTTPTransport(verify=TLS)
            self.gateway: Any = sdk.Gateway(URL, api_key=KEY, transport=inner)
        else:
            self.gateway = sdk.SyncGateway(
                URL, api_key=KEY, transport=httpx.HTTPTransport(verify=TLS)
            )

    async def get(self, path: str = "/v1/users/me", **options: Any) -> httpx.Response:
        """GET of a path with a client of its own."""
        given = {"user": "alice"} | options
        if self.kind == "async":
            async with self.gateway.http("notion", **given) as client:
                answer: httpx.Response = await client.get(path)
                return answer
        with self.gateway.http("notion", **given) as client:
            answer = client.get(path)
            return answer


@pytest.fixture(params=["async", "sync"])
async def face(request: pytest.FixtureRequest) -> AsyncIterator[Face]:
    found = Face(request.param)
    yield found
    if found.kind == "async":
        await found.gateway.aclose()
    else:
        found.gateway.close()


async def test_a_call_names_the_user_and_the_provider_answers(
    face: Face, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(
        404, headers=PROVIDERS | {"X-Own": "1"}, json={"object": "error"}, is_reusable=True
    )
    answer = await face.get("/v1/pages/1?x=a%20b", user="Zoë", account="acc", owner="org")
    assert (answer.status_code, answer.json()) == (404, {"object": "error"})
    assert answer.headers["X-Own"] == "1"
    await face.get()  # a client that was closed leaves the gateway's connections open
    sent, _ = httpx_mock.get_requests()
    assert str(sent.url) == f"{BASE}/v1/pages/1?x=a%20b"
    named = {name: value for name, value in sent.headers.raw if name.startswith(b"Gateway-")}
    assert named == {
        b"Gateway-User": "Zoë".encode(),
        b"Gateway-Account": b"acc",
        b"Gateway-Owner": b"org",
    }
    assert sent.headers["Authorization"] == f"Bearer {KEY}"


async def test_the_key_is_in_nothing_that_the_caller_gets(
    face: Face, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(headers=PROVIDERS)
    answer = await face.get()
    assert "authorization" not in answer.request.headers
    assert KEY not in repr(vars(answer)) + repr(answer.request.headers)


@pytest.mark.parametrize(
    ("code", "status", "kind", "members"),
    [
        ("connector_required", 409, sdk.ConnectorRequired, {"connect_url": CONNECT_URL}),
        ("budget_spent", 402, sdk.BudgetSpent, {"rule": "rul_1", "rule_name": "A day"}),
        ("rule_rate_limited", 429, sdk.RateLimited, {"rule": "rul_1", "rule_name": "A day"}),
        ("provider_rate_limited", 429, sdk.ProviderUnavailable, {}),
        ("provider_timeout", 504, sdk.ProviderUnavailable, {"outcome_unknown": True}),
        ("path_refused", 400, sdk.InvalidRequest, {}),
        ("unauthorized", 401, sdk.Unauthorized, {}),
    ],
)
async def test_an_answer_of_the_gateway_is_raised_as_what_it_means(
    face: Face,
    httpx_mock: HTTPXMock,
    code: str,
    status: int,
    kind: type[sdk.GatewayError],
    members: dict[str, Any],
) -> None:
    told = problem(status, code, **members)
    told["headers"] |= PROVIDERS | {"Gateway-Error": code, "Retry-After": "7"}
    httpx_mock.add_response(**told)
    with pytest.raises(sdk.GatewayError) as caught:
        await face.get()
    error = caught.value
    assert (type(error), error.code, error.status) == (kind, code, status)
    assert error.rule == members.get("rule_name")
    assert error.outcome_unknown is members.get("outcome_unknown", False)
    if isinstance(error, sdk.RetryLater):
        assert error.retry_after == 7
    assert KEY not in f"{error} {error!r} {vars(error)}"
    assert copy.copy(error).rule == error.rule


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, sdk.UnexpectedAnswer),
        (302, sdk.UnexpectedAnswer),
        (429, sdk.RateLimited),
        (502, sdk.GatewayUnavailable),
    ],
)
async def test_an_answer_of_neither_is_no_answer_of_the_provider(
    face: Face, httpx_mock: HTTPXMock, status: int, kind: type[sdk.GatewayError]
) -> None:
    """A proxy in front of the gateway, or another server at its address, may answer."""
    httpx_mock.add_response(status, html="<p>Somebody else</p>")
    with pytest.raises(kind):
        await face.get()


async def test_an_answer_without_an_end_is_not_read_for_an_error(
    face: Face, httpx_mock: HTTPXMock
) -> None:
    endless = (b"x" * 2**20 for _ in iter(int, 1))
    httpx_mock.add_response(500, stream=Parts(endless))
    with pytest.raises(sdk.GatewayUnavailable):
        await face.get()


@pytest.mark.parametrize("fault", NEVER_SENT)
async def test_a_gateway_that_cannot_be_reached_is_said_so(
    face: Face, httpx_mock: HTTPXMock, fault: type[httpx.TransportError]
) -> None:
    httpx_mock.add_exception(fault("refused"))
    with pytest.raises(sdk.GatewayUnavailable, match="Cannot reach the gateway") as caught:
        await face.get()
    assert caught.value.__cause__ is None


async def test_a_lost_answer_is_httpxs_own_error(face: Face, httpx_mock: HTTPXMock) -> None:
    """It is not repeated: the provider may have carried the request out."""
    httpx_mock.add_exception(httpx.ReadError("reset"))
    with pytest.raises(httpx.ReadError) as caught:
        await face.get()
    assert "authorization" not in caught.value.request.headers
    assert len(httpx_mock.get_requests()) == 1


async def test_an_answer_that_breaks_off_never_looks_whole(
    face: Face, httpx_mock: HTTPXMock
) -> None:
    cut = Parts([b"half"], end=httpx.RemoteProtocolError)
    httpx_mock.add_response(headers=PROVIDERS, stream=cut)
    with pytest.raises(httpx.RemoteProtocolError):
        await face.get()


@pytest.mark.parametrize(
    "address",
    [
        "https://api.notion.com/v1/users/me",
        "http://gateway.test:3141/v1/connectors/available",
        "http://gateway.test:3141/v1/proxy/notion-other/x",
        "http://gateway.test:80/v1/proxy/notion/x",
        "http://gateway.test.evil.example:3141/v1/proxy/notion/x",
    ],
)
async def test_the_service_key_goes_to_the_gateway_alone(face: Face, address: str) -> None:
    with pytest.raises(sdk.InvalidRequest, match="pass a path"):
        await face.get(address)


async def test_a_redirect_is_the_callers(face: Face, httpx_mock: HTTPXMock) -> None:
    away = {"Location": "https://elsewhere.example/"}
    httpx_mock.add_response(302, headers=PROVIDERS | away)
    assert (await face.get()).headers["Location"] == "https://elsewhere.example/"


async def test_an_assertion_is_sent_and_made_anew_for_each_call(
    face: Face, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(headers=PROVIDERS, is_reusable=True)
    made = iter(["a.b.c", "d.e.f"])
    await face.get(assertion=lambda: next(made))
    context = face.gateway.for_user("bob", assertion=lambda: next(made))
    client = context.http("notion", account="acc")
    if face.kind == "async":
        await client.get("/x")
    else:
        client.get("/x")
    first, second = httpx_mock.get_requests()
    assert first.headers["X-User-Assertion"] == "a.b.c"
    assert second.headers["X-User-Assertion"] == "d.e.f"
    assert (second.headers["Gateway-User"], second.headers["Gateway-Account"]) == ("bob", "acc")


@pytest.mark.parametrize("user", ["", "a\nb", "a\x00"])
async def test_what_no_header_can_hold_is_refused_at_once(face: Face, user: str) -> None:
    with pytest.raises(sdk.InvalidRequest):
        face.gateway.http("notion", user=user)
    with pytest.raises(sdk.InvalidRequest):
        face.gateway.http("no/tion", user="alice")
