"""The bulkhead: a connector's slots, its hosts' breakers, and the client (security L2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import pytest

from gateway.engine.request import OutboundRequest
from gateway.errors import EgressRefused, ProviderError, ProviderUnavailable, UnreadableResponse
from gateway.observe.metrics import Metrics, RequestResult
from gateway.outbound.breaker import FAILURES
from gateway.outbound.bulkhead import MAX_HOSTS, SLOTS, Bulkhead
from gateway.outbound.client import Outbound, open_outbound
from gateway.outbound.egress import EgressPolicy
from tests.outbound.test_breaker import Now
from tests.support.peer import Behave, Peer, answering, hang_up, listening, silence
from tests.support.series import value
from tests.support.waiting import PATIENCE_SECONDS, until


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(["acme", "other"])


@pytest.fixture
def bulkhead(metrics: Metrics, now: Now) -> Bulkhead:
    """Two slots, without waiting."""
    return Bulkhead(metrics, slots=2, patience_seconds=0, now=now)


@asynccontextmanager
async def client(
    bulkhead: Bulkhead, *behaviours: Behave, total_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[tuple[Outbound, list[Peer]]]:
    """The client, and a server for each behaviour."""
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(listening(behave)) for behave in behaviours]
        policy = EgressPolicy(allow=frozenset(("127.0.0.1", peer.port) for peer in peers))
        outbound = await stack.enter_async_context(
            open_outbound(policy, bulkhead=bulkhead, total_seconds=total_seconds)
        )
        yield outbound, peers


async def ask(outbound: Outbound, url: str, connector: str = "acme") -> int:
    """The status that the server answers with."""
    request = OutboundRequest(method="POST", url=url, headers={})
    return (await outbound.send(request, connector=connector, endpoint="refresh")).status


async def failures(outbound: Outbound, url: str, times: int = FAILURES) -> None:
    """So many requests, none of which succeeds."""
    for _ in range(times):
        try:
            assert await ask(outbound, url) >= 500
        except ProviderError:
            pass


async def arrived(peer: Peer, count: int) -> bool:
    """Whether so many requests have reached a server."""
    return len(peer.requests) == count


def requests(metrics: Metrics, result: RequestResult) -> float:
    """How many requests of the connector ended like this."""
    return value(
        metrics,
        "gateway_provider_requests_total",
        connector="acme",
        endpoint="refresh",
        result=result,
    )


def open_breakers(metrics: Metrics) -> float:
    """How many of the connector's breakers are open."""
    return value(metrics, "gateway_provider_open_breakers", connector="acme")


@pytest.mark.requirement("L2")
async def test_no_more_requests_of_a_connector_are_under_way_than_it_has_slots(
    bulkhead: Bulkhead, metrics: Metrics
) -> None:
    """A refused request was not sent, so its outcome is known."""
    async with client(bulkhead, silence, answering(b"{}")) as (outbound, (hung, well)):
        tasks = [asyncio.create_task(ask(outbound, hung.url())) for _ in range(2)]
        await until(lambda: arrived(hung, 2))
        with pytest.raises(ProviderUnavailable, match="too many simultaneous") as refused:
            await ask(outbound, hung.url())
        assert await ask(outbound, well.url(), "other") == 200
        assert not any(task.done() for task in tasks)
        assert value(metrics, "gateway_provider_requests_in_flight", connector="acme") == 2
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert len(hung.requests) == 2
        assert await ask(outbound, well.url()) == 200  # the slots are free again
    assert (refused.value.outcome_unknown, refused.value.retry_after) == (False, 1)
    assert requests(metrics, RequestResult.NO_SLOT) == 1
    assert requests(metrics, RequestResult.ABANDONED) == 2
    assert value(metrics, "gateway_provider_requests_in_flight", connector="acme") == 0


async def test_waiting_request_gets_the_next_free_slot(metrics: Metrics) -> None:
    bulkhead = Bulkhead(metrics, slots=1, patience_seconds=20)
    entered, leave = asyncio.Event(), asyncio.Event()

    async def occupy() -> None:
        async with bulkhead.admit("acme", "refresh", "a.example") as outcome:
            outcome.answered(200)
            entered.set()
            await leave.wait()

    async def follow() -> None:
        async with bulkhead.admit("acme", "refresh", "a.example") as outcome:
            outcome.answered(200)

    with anyio.fail_after(PATIENCE_SECONDS):
        first = asyncio.create_task(occupy())
        await entered.wait()
        second = asyncio.create_task(follow())
        await asyncio.sleep(0)
        assert not second.done()
        leave.set()
        await asyncio.gather(first, second)
    assert requests(metrics, RequestResult.ANSWERED) == 2


@pytest.mark.parametrize(
    ("behave", "result"),
    [
        (answering(b"", status="500 Broken"), RequestResult.FAILED),
        (answering(b"", status="503 Busy"), RequestResult.FAILED),
        (silence, RequestResult.TIMEOUT),
        (hang_up, RequestResult.BROKEN),
    ],
    ids=["500", "503", "silence", "hang up"],
)
async def test_a_host_that_keeps_failing_is_left_alone(
    bulkhead: Bulkhead, metrics: Metrics, now: Now, behave: Behave, result: RequestResult
) -> None:
    """Nothing is sent while the breaker is open, and so nothing is in doubt."""
    # Only a silent host reaches the limit. On a busy machine, others need more than half a second.
    patience = 0.5 if behave is silence else PATIENCE_SECONDS
    async with client(bulkhead, behave, total_seconds=patience) as (outbound, (peer,)):
        await failures(outbound, peer.url(), FAILURES - 1)
        assert open_breakers(metrics) == 0
        await failures(outbound, peer.url(), 1)
        assert open_breakers(metrics) == 1
        with pytest.raises(ProviderUnavailable, match="keeps failing") as refused:
            await ask(outbound, peer.url())
        assert len(peer.requests) == FAILURES
        now.seconds += 5
        await failures(outbound, peer.url(), 1)  # the probe
        assert len(peer.requests) == FAILURES + 1
        with pytest.raises(ProviderUnavailable) as again:
            await ask(outbound, peer.url())
    assert (refused.value.retry_after, again.value.retry_after) == (5, 10)
    for error in (refused.value, again.value):
        assert not error.outcome_unknown
        assert error.status is None
    assert requests(metrics, result) == FAILURES + 1
    assert requests(metrics, RequestResult.BREAKER_OPEN) == 2


async def test_a_host_that_answers_again_is_asked_again(
    bulkhead: Bulkhead, metrics: Metrics, now: Now
) -> None:
    well = [False]

    async def behave(writer: asyncio.StreamWriter) -> None:
        await answering(b"{}", status="200 OK" if well[0] else "502 Bad Gateway")(writer)

    async with client(bulkhead, behave) as (outbound, (peer,)):
        await failures(outbound, peer.url())
        well[0] = True
        now.seconds += 5
        assert await ask(outbound, peer.url()) == 200
        assert open_breakers(metrics) == 0
        assert await ask(outbound, peer.url()) == 200


@pytest.mark.parametrize(
    "behave",
    [
        answering(b"{}", status="400 Bad Request"),
        answering(b"{}", status="401 Unauthorized"),
        answering(b"{}", status="429 Too Many Requests"),
        answering(b"", status="302 Found", Location="/"),
        answering(bytes(2 * 1024 * 1024)),
    ],
    ids=["400", "401", "429", "redirect", "too large"],
)
async def test_an_answer_of_any_kind_opens_no_breaker(
    bulkhead: Bulkhead, metrics: Metrics, behave: Behave
) -> None:
    """A refused token is one connection's affair: it must not stop the others."""
    async with client(bulkhead, behave) as (outbound, (peer,)):
        for _ in range(FAILURES * 3):
            try:
                assert await ask(outbound, peer.url()) < 500
            except UnreadableResponse:
                pass
        assert len(peer.requests) == FAILURES * 3
    assert open_breakers(metrics) == 0


async def test_unsent_request_opens_no_breaker(bulkhead: Bulkhead, metrics: Metrics) -> None:
    async with client(bulkhead, answering(b"{}")) as (outbound, (peer,)):
        for url in ("http://127.0.0.1:1/", "https://127.0.0.1/", "https://[\x00/"):
            for _ in range(FAILURES + 1):
                with pytest.raises((EgressRefused, UnreadableResponse)):
                    await ask(outbound, url)
        assert await ask(outbound, peer.url()) == 200
    assert requests(metrics, RequestResult.NOT_SENT) == 3 * (FAILURES + 1)
    assert open_breakers(metrics) == 0


async def test_refused_connections_open_the_breaker(bulkhead: Bulkhead, metrics: Metrics) -> None:
    async with client(bulkhead, answering(b"{}")) as (outbound, (peer,)):
        url = peer.url()
        policy = EgressPolicy(allow=frozenset({("127.0.0.1", peer.port)}))
    async with open_outbound(policy, bulkhead=bulkhead) as outbound:
        await failures(outbound, url)
    assert requests(metrics, RequestResult.UNREACHABLE) == FAILURES
    assert open_breakers(metrics) == 1


async def fail_at(bulkhead: Bulkhead, host: str, connector: str = "acme") -> None:
    """One request to a host, which answers 500."""
    async with bulkhead.admit(connector, "refresh", host) as outcome:
        outcome.answered(500)


async def test_failing_host_of_one_person_affects_no_other_host(
    bulkhead: Bulkhead, metrics: Metrics
) -> None:
    """Rule 7: of one connector, the breaker of one host opens, and no other."""
    for _ in range(FAILURES):
        await fail_at(bulkhead, "no-such-shop.example")
    with pytest.raises(ProviderUnavailable):
        await fail_at(bulkhead, "no-such-shop.example")
    async with bulkhead.admit("acme", "refresh", "shop.example") as outcome:
        outcome.answered(200)
    async with bulkhead.admit("other", "refresh", "no-such-shop.example") as outcome:
        outcome.answered(200)
    assert open_breakers(metrics) == 1


async def test_hosts_are_remembered_up_to_a_number(bulkhead: Bulkhead, metrics: Metrics) -> None:
    """A person who enters host after host fills no memory."""
    for _ in range(FAILURES):
        await fail_at(bulkhead, "first.example")
    for number in range(MAX_HOSTS - 1):
        await fail_at(bulkhead, f"{number}.example")
    assert open_breakers(metrics) == 1
    await fail_at(bulkhead, "one-more.example")
    assert open_breakers(metrics) == 0
    await fail_at(bulkhead, "first.example")  # forgotten, and so asked


async def test_breaker_that_opens_meanwhile_refuses_waiting_requests(
    metrics: Metrics, now: Now
) -> None:
    bulkhead = Bulkhead(metrics, slots=1, patience_seconds=20, now=now)
    for _ in range(FAILURES - 1):
        await fail_at(bulkhead, "a.example")
    leave = asyncio.Event()

    async def occupy() -> None:
        async with bulkhead.admit("acme", "refresh", "a.example") as outcome:
            await leave.wait()
            outcome.answered(500)

    first = asyncio.create_task(occupy())
    await asyncio.sleep(0)
    second = asyncio.create_task(fail_at(bulkhead, "a.example"))
    await asyncio.sleep(0)
    leave.set()
    with anyio.fail_after(PATIENCE_SECONDS):
        await first
        with pytest.raises(ProviderUnavailable, match="keeps failing"):
            await second
    assert requests(metrics, RequestResult.FAILED) == FAILURES


def test_the_slots_in_production_are_twenty() -> None:
    assert SLOTS == 20


@pytest.mark.requirement("L2")
async def test_calls_of_tools_leave_slots_for_refreshes(metrics: Metrics) -> None:
    """An answer may stream for minutes; a token must be refreshed meanwhile."""
    bulkhead = Bulkhead(metrics, slots=1, proxy_slots=1, patience_seconds=0)
    async with bulkhead.admit("acme", "proxy", "a.example"):
        with pytest.raises(ProviderUnavailable, match="too many simultaneous"):
            async with bulkhead.admit("acme", "proxy", "a.example"):
                pass
        async with bulkhead.admit("acme", "refresh", "a.example") as outcome:
            outcome.answered(200)


@pytest.mark.requirement("L2")
@pytest.mark.parametrize(
    ("result", "opens"),
    [
        (RequestResult.UNREACHABLE, True),
        (RequestResult.FAILED, False),
        (RequestResult.TIMEOUT, False),
        (RequestResult.BROKEN, False),
        (RequestResult.UNREADABLE, False),
    ],
)
async def test_what_a_caller_can_provoke_opens_no_breaker(
    bulkhead: Bulkhead, metrics: Metrics, result: RequestResult, opens: bool
) -> None:
    """One tool must not stop the calls of all others, or the refreshes."""
    for _ in range(FAILURES):
        async with bulkhead.admit("acme", "proxy", "a.example") as outcome:
            outcome.result = result
    assert open_breakers(metrics) == opens


async def test_a_stream_tells_the_breaker_when_its_answer_begins(
    bulkhead: Bulkhead, metrics: Metrics, now: Now
) -> None:
    """Else a probe that streams for minutes would hold up everybody."""
    for _ in range(FAILURES):
        async with bulkhead.admit("acme", "proxy", "a.example") as outcome:
            outcome.result = RequestResult.UNREACHABLE
    now.seconds += 60
    async with bulkhead.admit("acme", "proxy", "a.example") as outcome:
        outcome.answered(200)
        outcome.learn()
        assert open_breakers(metrics) == 0
        outcome.result = RequestResult.BROKEN
    assert open_breakers(metrics) == 0
