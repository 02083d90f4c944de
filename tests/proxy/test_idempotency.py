"""A call with an idempotency key has its effect once, and its answer can be asked for again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import anyio
import httpx
import pytest

from gateway.errors import StoreUnavailable
from gateway.proxy.stored_answers import ALIVE, MOST_KEPT
from gateway.store.idempotency import IdempotencyStore
from tests.proxy.test_calls import gateways
from tests.support import provider as providers
from tests.support.provider import Exchange, StrictProvider
from tests.support.proxied import Proxy
from tests.support.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.requirement("I6")

AT = "/v1/proxy/relay/"
KEYED = {"Idempotency-Key": "order-1"}
REPLAYED = "idempotency-replayed"


async def post(proxy: Proxy, path: str = "effect", body: bytes = b"{}") -> httpx.Response:
    return await proxy.client.post(AT + path, content=body, headers=KEYED)


async def test_a_repeat_gets_the_first_answer(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    first = await post(proxy)
    second = await post(proxy)
    assert (first.status_code, first.json()) == (200, {"effects": 1})
    assert second.content == first.content
    assert second.status_code == first.status_code
    assert second.headers[REPLAYED] == "true"
    assert REPLAYED not in first.headers
    kept = {"content-type", "content-length"}
    assert {name: second.headers[name] for name in kept} == {
        name: first.headers[name] for name in kept
    }
    assert provider.effects == 1
    assert [event["result"] for event in await proxy.events()] == ["answered"]


async def test_without_a_key_each_call_is_sent(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    for _ in range(2):
        assert REPLAYED not in (await proxy.client.post(AT + "effect")).headers
    assert provider.effects == 2


@pytest.mark.parametrize("path", ["effect?a=1", "effect2", "effect"])
async def test_another_request_under_the_key_is_refused(
    proxy: Proxy, provider: StrictProvider, path: str
) -> None:
    await proxy.connect()
    await post(proxy)
    body = b"another body" if path == "effect" else b"{}"
    gateways(await post(proxy, path, body), 422, "idempotency_key_reused")
    put = await proxy.client.put(AT + "effect", content=b"{}", headers=KEYED)
    gateways(put, 422, "idempotency_key_reused")
    assert provider.effects == 1
    assert [event["result"] for event in await proxy.events()] == ["answered", "refused", "refused"]


async def test_another_account_is_another_request(proxy: Proxy) -> None:
    """Also where the caller names none: the default may have changed."""
    await proxy.connect()
    await proxy.connect(account="acct-2")
    await post(proxy)
    other = await proxy.client.post(
        AT + "effect", content=b"{}", headers=KEYED | {"Gateway-Account": "acct-2"}
    )
    gateways(other, 422, "idempotency_key_reused")


async def test_many_at_once_have_one_effect(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    answers = await asyncio.gather(*(post(proxy) for _ in range(20)))
    assert {answer.content for answer in answers} == {b'{"effects": 1}'}
    assert sum(REPLAYED in answer.headers for answer in answers) == 19
    assert provider.effects == 1


@pytest.mark.parametrize("path", ["hang", "reset-head", "reset-body", "cut"])
async def test_a_lost_answer_is_not_asked_for_again(
    proxy: Proxy, provider: StrictProvider, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = proxy.harness.services.forward
    monkeypatch.setattr(forward, "limits", replace(forward.limits, wait_seconds=0.2))
    await proxy.connect()
    provider.gate.set()
    try:
        first = await post(proxy, path)
    except httpx.HTTPError:  # the answer had begun
        pass
    else:
        assert first.status_code in (502, 504)
    for _ in range(3):
        told = gateways(await post(proxy, path), 409, "idempotency_outcome_unknown")
        assert told["outcome_unknown"] is True
    assert len(provider.calls) == 1


async def test_what_was_not_sent_may_be_repeated(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    policy = proxy.harness.services.forward._outbound.policy
    right = policy.reroutes
    object.__setattr__(policy, "reroutes", {"*.relay.example": ("127.0.0.1", 1)})
    gateways(await post(proxy), 502, "provider_unreachable")
    object.__setattr__(policy, "reroutes", right)
    assert (await post(proxy)).json() == {"effects": 1}


@pytest.mark.parametrize(("code", "sent"), [(401, 3), (429, 2), (500, 1), (503, 1), (404, 1)])
async def test_only_answers_that_say_that_nothing_was_done_free_the_key(
    proxy: Proxy, provider: StrictProvider, code: int, sent: int
) -> None:
    """After the first 401 the gateway itself repeats with a renewed token."""
    await proxy.connect()
    for _ in range(2):
        answer = await post(proxy, f"status?code={code}")
        assert answer.status_code == code
        assert "gateway-error" not in answer.headers
    assert len(provider.calls) == sent


async def test_a_401_that_a_renewal_mends_is_not_kept(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    provider.expire()
    assert (await post(proxy)).json() == {"effects": 1}
    again = await post(proxy)
    assert (again.json(), again.headers[REPLAYED]) == ({"effects": 1}, "true")
    assert provider.effects == 1


async def test_a_caller_that_left_finds_the_answer(proxy: Proxy, provider: StrictProvider) -> None:
    """It leaves before the head of the answer, and the call goes on."""
    await proxy.connect()
    leaving = asyncio.create_task(post(proxy, "stream"))
    with anyio.fail_after(PATIENCE_SECONDS):
        await provider.reached.wait()
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    repeat = asyncio.create_task(post(proxy, "stream"))
    await asyncio.sleep(0.1)
    provider.gate.set()
    answer = await repeat
    assert answer.content == b"firstlast"
    assert answer.headers[REPLAYED] == "true"
    assert len(provider.calls) == 1
    assert [event["result"] for event in await proxy.events()] == ["answered"]


async def test_a_keyed_answer_streams(proxy: Proxy, provider: StrictProvider) -> None:
    """Each event comes when the provider sends it; a repeat gets all of them."""
    await proxy.connect()
    async with proxy.client.stream("POST", AT + "events", headers=KEYED) as answer:
        parts = answer.aiter_bytes()
        for number in range(3):
            assert await anext(parts) == b"data: %d\n\n" % number
            provider.gate.set()
        assert [part async for part in parts] == []
    again = await proxy.client.post(AT + "events", headers=KEYED)
    assert again.content == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"
    assert again.headers["content-type"] == "text/event-stream"


async def test_an_answer_that_is_too_large_is_told_by_its_status(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    path = f"big?n={MOST_KEPT + 1}"
    assert len((await post(proxy, path)).content) == MOST_KEPT + 1
    told = gateways(await post(proxy, path), 409, "idempotency_answer_not_kept")
    assert "200" in told["detail"]
    assert len((await proxy.client.post(AT + path)).content) == MOST_KEPT + 1


async def test_a_body_that_is_too_large_is_refused(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    gateways(await post(proxy, "effect", bytes(1024 * 1024 + 1)), 413, "too_large")
    assert provider.effects == 0
    assert (await post(proxy, "effect", bytes(1024 * 1024))).json() == {"effects": 1}


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
async def test_an_answer_without_a_body_is_kept(
    proxy: Proxy, provider: StrictProvider, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(provider: StrictProvider, exchange: Exchange) -> None:
        provider.effects += 1
        await exchange.send(b"HTTP/1.1 204 No Content\r\nX-Effect: 1\r\n\r\n")

    monkeypatch.setitem(providers.BEHAVIOURS, "nothing", nothing)
    await proxy.connect()
    for _ in range(2):
        answer = await proxy.client.request(method, AT + "nothing", headers=KEYED)
        assert (answer.status_code, answer.headers["x-effect"]) == (204, "1")
    assert provider.effects == 1


async def test_whoever_may_not_call_gets_no_kept_answer(proxy: Proxy) -> None:
    """The connection is gone: so is the way to what was read with it."""
    connection = await proxy.connect()
    await post(proxy)
    await proxy.harness.services.disconnect.disconnect(connection)
    gateways(await post(proxy), 409, "connector_required")


@pytest.mark.parametrize("step", ["get", "claim"])
async def test_without_the_database_nothing_is_sent(
    proxy: Proxy, provider: StrictProvider, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could tell whether the request was sent before. Without a key, calls go on."""

    async def away(*_: object) -> object:
        raise StoreUnavailable

    await proxy.connect()
    with monkeypatch.context() as patch:
        patch.setattr(IdempotencyStore, step, away)
        gateways(await post(proxy), 503, "store_unavailable")
        assert provider.effects == 0
        assert (await proxy.client.post(AT + "effect")).status_code == 200
    assert (await post(proxy)).json() == {"effects": 2}


async def test_an_answer_that_cannot_be_kept_is_passed_on(
    proxy: Proxy, provider: StrictProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repeat is refused: the effect is there, and its answer is not."""

    async def away(*_: object, **__: object) -> object:
        raise StoreUnavailable

    await proxy.connect()
    with monkeypatch.context() as patch:
        patch.setattr(IdempotencyStore, "keep", away)
        assert (await post(proxy)).json() == {"effects": 1}
    proxy.harness.clock.advance(seconds=ALIVE.total_seconds())
    gateways(await post(proxy), 409, "idempotency_outcome_unknown")
    assert provider.effects == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_that_cannot_be_one_is_refused(proxy: Proxy, key: str) -> None:
    await proxy.connect()
    answer = await proxy.client.post(AT + "effect", headers={"Idempotency-Key": key})
    gateways(answer, 422, "invalid_request")
