"""A request that may have had an effect is never sent twice, and a 401 blames nobody."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.store.connection import Status
from tests.proxy.test_calls import gateways
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy

pytestmark = pytest.mark.requirement("I6")

AT = "/v1/proxy/relay/"
KEYED = {"Idempotency-Key": "order-1"}


async def status_of(proxy: Proxy) -> tuple[Status, str | None]:
    """The stored state of alice's connection."""
    (found,) = await proxy.harness.services.connections.list_for("default", "alice")
    return found.status, found.status_reason


@pytest.mark.parametrize(
    ("method", "headers", "size", "sent"),
    [
        ("GET", {}, 0, 2),
        ("HEAD", {}, 0, 2),
        ("OPTIONS", {}, 0, 2),
        ("POST", {}, 10, 1),
        ("PUT", {}, 10, 1),
        ("DELETE", {}, 0, 1),
        ("POST", KEYED, 10, 2),
        ("POST", KEYED, 64 * 1024, 2),
        ("OPTIONS", {}, 64 * 1024 + 1, 1),
    ],
)
async def test_after_a_401_only_what_is_safe_is_repeated(
    proxy: Proxy,
    provider: StrictProvider,
    method: str,
    headers: dict[str, str],
    size: int,
    sent: int,
) -> None:
    """The credential is renewed in any case, so the tool's own repetition works."""
    await proxy.connect()
    provider.expire()
    body = b"x" * size
    first = await proxy.client.request(method, AT + "effect", content=body, headers=headers)
    assert first.status_code == (200 if sent == 2 else 401)
    assert (len(provider.calls), provider.refreshes) == (sent, 1)
    if sent == 2:
        assert provider.calls[0].bearer != provider.calls[1].bearer
        assert provider.calls[1].body == body
    else:
        again = await proxy.client.request(method, AT + "effect", content=body)
        assert again.status_code == 200
        assert provider.refreshes == 1
    assert provider.effects == 1
    events = [event["status"] for event in await proxy.events()]
    assert events == [401, 200]


async def test_a_connector_may_say_that_a_401_is_no_effect(
    proxy: Proxy, provider: StrictProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proxy.connect()
    described = proxy.harness.services.catalog.described("relay")
    monkeypatch.setitem(described.__dict__, "repeat_unauthorized", True)
    provider.expire()
    answer = await proxy.client.post(AT + "effect", json={"query": "{ viewer { id } }"})
    assert answer.status_code == 200
    assert (len(provider.calls), provider.effects) == (2, 1)


async def test_parallel_401s_renew_once(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    provider.expire()
    answers = await asyncio.gather(*(proxy.client.get(AT + "x") for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    assert provider.refreshes == 1


async def test_a_second_401_goes_to_the_caller(proxy: Proxy, provider: StrictProvider) -> None:
    """A missing right is no broken connection, and does not renew the token again and again."""
    await proxy.connect()
    for _ in range(5):
        answer = await proxy.client.get(AT + "deny")
        assert (answer.status_code, answer.json()) == (401, {"error": "missing_right"})
        assert "gateway-error" not in answer.headers
        assert "www-authenticate" not in answer.headers
    assert provider.refreshes == 1
    assert len(provider.calls) == 6
    assert await status_of(proxy) == (Status.ACTIVE, None)
    assert (await proxy.client.get(AT + "x")).status_code == 200


async def test_only_a_refused_renewal_ends_a_connection(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """The caller gets the provider's own 401; the next call says that the user has to act."""
    await proxy.connect()
    provider.expire()
    provider.refresh_refused = True
    assert (await proxy.client.get(AT + "x")).json() == {"error": "invalid_token"}
    assert (await status_of(proxy))[0] is Status.NEEDS_REAUTH
    gateways(await proxy.client.get(AT + "x"), 409, "reauthorization_required")


async def test_a_401_ends_no_grant_that_cannot_be_renewed(
    proxy: Proxy, provider: StrictProvider
) -> None:
    provider.refresh_token = None  # type: ignore[assignment]
    await proxy.connect()
    assert (await proxy.client.get(AT + "deny")).status_code == 401
    assert await status_of(proxy) == (Status.ACTIVE, None)
    assert (await proxy.client.get(AT + "x")).status_code == 200
    assert provider.refreshes == 0


async def test_a_401_says_nothing_about_a_key_that_cannot_be_checked(
    proxy: Proxy, provider: StrictProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the platform's operators nor the other callers have anything to do."""
    for _ in range(2):
        answer = await proxy.client.get("/v1/proxy/in-header/deny")
        assert (answer.status_code, answer.json()) == (401, {"error": "missing_right"})
    assert (await proxy.client.get("/v1/proxy/in-header/x")).status_code == 200
    assert "platform_credential_refused" not in caplog.text
    assert len(provider.calls) == 3


@pytest.mark.parametrize("path", ["reset-head", "reset-body", "raw"])
@pytest.mark.parametrize("headers", [{}, KEYED])
async def test_a_broken_answer_is_not_asked_for_again(
    proxy: Proxy, provider: StrictProvider, path: str, headers: dict[str, str]
) -> None:
    """Also not for a safe method: the tool decides."""
    await proxy.connect()
    provider.gate.set()
    for method in ("GET", "POST", "DELETE"):
        before = provider.effects
        try:
            answer: Any = await proxy.client.request(method, AT + path, headers=headers)
        except Exception as error:  # the answer had begun
            answer = error
        else:
            told = gateways(answer, 502, "provider_broken")
            assert told["outcome_unknown"] is True
        assert provider.effects - before <= 1
        if headers:
            break
    assert len(provider.calls) == (1 if headers else 3)


async def test_what_was_not_sent_says_so(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    policy = proxy.harness.services.forward._outbound.policy
    object.__setattr__(policy, "reroutes", {"*.relay.example": ("127.0.0.1", 1)})
    told = gateways(await proxy.client.post(AT + "effect"), 502, "provider_unreachable")
    assert told["outcome_unknown"] is False
    assert "127.0.0.1" not in str(told)
    assert (await proxy.events())[-1]["result"] == "unreachable"


async def test_callers_cannot_stop_the_calls_of_others(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """Errors and resets that a caller can provoke open no circuit breaker."""
    await proxy.connect()
    for path in ("status?code=500", "reset-head", "raw") * 4:
        await proxy.client.get(AT + path)
    assert (await proxy.client.get(AT + "x")).status_code == 200
