"""The short way into a simulated provider: what passes is noted, and answers can be replaced."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from gateway.errors import ProviderUnavailable
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation
from gateway.store.mongo import Database
from gateway.testing.wire import HANGS, SampleTransport, SandboxTransport, incoming_of
from gateway.testing.workbench import open_workbench
from tests.support.subjects import subject_of

TOKEN = "https://oauth2.googleapis.com/token"
USERINFO = "https://openidconnect.googleapis.com/v1/userinfo"
OTHER_USERINFO = "https://www.googleapis.com/oauth2/v3/userinfo"


@pytest.fixture
def wire() -> SandboxTransport:
    """The way into Google."""
    ledger = Ledger(now=lambda: datetime(2026, 11, 21, tzinfo=UTC).timestamp())
    return SandboxTransport(ProviderSimulation(subject_of("google").provider, ledger, "https://x/"))


async def answered(wire: httpx.AsyncBaseTransport, url: str, method: str = "GET") -> httpx.Response:
    """The answer as it comes through the HTTP client."""
    async with httpx.AsyncClient(transport=wire) as client:
        return await client.request(method, url)


async def test_requests_reach_the_provider_and_are_noted(wire: SandboxTransport) -> None:
    assert (await answered(wire, TOKEN, "POST")).json()["error"] == "invalid_request"
    assert (await answered(wire, USERINFO)).status_code == 401
    assert [seen.endpoint for seen in wire.seen] == ["token", "api"]
    (request,) = wire.requests_to("token")
    assert (request.method, request.address) == ("POST", "oauth2.googleapis.com/token")


@pytest.mark.parametrize(
    ("url", "method"),
    [
        ("https://elsewhere.example/", "GET"),
        (TOKEN, "GET"),
        ("https://oauth2.googleapis.com:8443/token", "POST"),
        ("https://accounts.google.com/o/oauth2/v2/auth", "GET"),
    ],
    ids=["another host", "another method", "another port", "a page for people"],
)
async def test_where_the_provider_has_nothing_for_programs_there_is_nothing(
    wire: SandboxTransport, url: str, method: str
) -> None:
    assert (await answered(wire, url, method)).status_code == 404
    assert len(wire.seen) == 1


async def test_an_answer_is_replaced_for_an_endpoint_or_an_address(wire: SandboxTransport) -> None:
    wire.replace("api", httpx.Response(500, html="<h1>Oops</h1>"))
    wire.replace("openidconnect.googleapis.com/v1/userinfo", httpx.Response(418, json={"tea": 1}))
    for _ in range(2):  # every further request, and the body can be read each time
        assert (await answered(wire, OTHER_USERINFO)).text == "<h1>Oops</h1>"
        assert (await answered(wire, USERINFO)).json() == {"tea": 1}
    assert (await answered(wire, TOKEN, "POST")).status_code == 400
    assert len(wire.requests_to("api")) == 4


async def test_silence_lasts_until_somebody_gives_up(wire: SandboxTransport) -> None:
    wire.replace("token", HANGS)
    waiting = asyncio.ensure_future(wire.handle_async_request(httpx.Request("POST", TOKEN)))
    assert await asyncio.wait({waiting}, timeout=0.05) == (set(), {waiting})
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.requirement("H1")
async def test_a_provider_that_is_silent_is_waited_for_until_the_deadline(
    workplace: Database,
) -> None:
    """A provider that hangs must not hold a person's flow."""
    async with open_workbench(subject_of("google"), workplace, total_seconds=0.05) as bench:
        bench.transport.replace("token", HANGS)
        with pytest.raises(ProviderUnavailable):
            await bench.connect()
        assert bench.token_requests == 1


async def test_samples_are_answered_by_address_and_nothing_else_is() -> None:
    wire = SampleTransport({"api.example.com/me": {"id": 1}})
    assert (await answered(wire, "https://api.example.com/me?x=1")).json() == {"id": 1}
    assert (await answered(wire, "https://api.example.com/you")).status_code == 404


def test_a_request_is_seen_as_it_was_sent() -> None:
    request = httpx.Request("PUT", "https://a.example/b/c?d=%20e", headers={"X-Y": "z"})
    incoming = incoming_of(request, b"body")
    assert (incoming.method, incoming.address, incoming.query) == ("PUT", "a.example/b/c", "d=%20e")
    assert (incoming.headers["x-y"], incoming.body) == ("z", b"body")
