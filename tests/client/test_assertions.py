"""User assertions: the SDK sends them with each call and never shows them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import httpx
import pytest

from gateway.client import Forbidden, Gateway, GatewayError, InvalidRequest, SyncGateway

HEADER = "X-User-Assertion"
URL = "http://gateway.test"
SECRET = "eyJ.canaryAssertionThatMustNotShow.sig"


def refusing(seen: list[str | None], status: int = 403) -> httpx.MockTransport:
    """A gateway that records the assertions it receives and refuses all calls."""

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get(HEADER))
        body = {"code": "assertion_invalid", "detail": "it is over", "status": status}
        kind = {"Content-Type": "application/problem+json"}
        return httpx.Response(status, json=body, headers=kind)

    return httpx.MockTransport(answer)


CALLS: list[Callable[[SyncGateway], object]] = [
    lambda gateway: gateway.get_connector_token("notion", user="u", assertion=SECRET),
    lambda gateway: gateway.refresh_connector_token("notion", user="u", assertion=SECRET),
    lambda gateway: gateway.list_connections(user="u", assertion=SECRET),
    lambda gateway: gateway.get_connection("con_1", assertion=SECRET),
    lambda gateway: gateway.make_default("con_1", assertion=SECRET),
    lambda gateway: gateway.disconnect("con_1", assertion=SECRET),
    lambda gateway: gateway.for_user("u", assertion=SECRET).get_connector_token("notion"),
    lambda gateway: gateway.for_user("u", assertion=SECRET).refresh_connector_token("notion"),
    lambda gateway: gateway.for_user("u", assertion=SECRET).list_connections(),
]


@pytest.mark.parametrize("call", CALLS, ids=map(str, range(len(CALLS))))
def test_assertion_is_sent_with_every_call_and_never_shown(
    call: Callable[[SyncGateway], object],
) -> None:
    seen: list[str | None] = []
    with SyncGateway(URL, api_key="k", transport=refusing(seen)) as gateway:
        with pytest.raises(Forbidden) as caught:
            call(gateway)
        assert seen == [SECRET]
        assert caught.value.code == "assertion_invalid"
        assert SECRET not in str(caught.value) + repr(caught.value)
        assert SECRET not in repr(gateway.for_user("u", assertion=SECRET))


async def test_assertion_is_sent_with_every_call_of_the_async_client() -> None:
    seen: list[str | None] = []
    async with Gateway(URL, api_key="k", transport=refusing(seen)) as gateway:
        alice = gateway.for_user("u", assertion=SECRET)
        calls = [
            gateway.get_connector_token("notion", user="u", assertion=SECRET),
            gateway.refresh_connector_token("notion", user="u", assertion=SECRET),
            gateway.list_connections(user="u", assertion=SECRET),
            gateway.get_connection("con_1", assertion=SECRET),
            gateway.make_default("con_1", assertion=SECRET),
            gateway.disconnect("con_1", assertion=SECRET),
            alice.get_connector_token("notion"),
            alice.refresh_connector_token("notion"),
            alice.list_connections(),
        ]
        for call in calls:
            with pytest.raises(Forbidden):
                await call
        assert seen == [SECRET] * len(calls)


def test_assertion_callable_is_called_for_each_try() -> None:
    numbers = itertools.count(1)
    seen: list[str | None] = []
    with SyncGateway(
        URL, api_key="k", transport=refusing(seen, 503), sleep=lambda _: None, clock=time.monotonic
    ) as gateway:
        with pytest.raises(GatewayError):
            gateway.get_connector_token("notion", user="u", assertion=lambda: f"a.{next(numbers)}")
        with pytest.raises(GatewayError):
            gateway.refresh_connector_token("notion", user="u")
    assert seen == ["a.1", "a.2", "a.3", "a.4", None]


@pytest.mark.parametrize("wrong", ["", "a b", "a\r\nX-Evil: 1", "é", "\x00"])
def test_assertion_that_cannot_be_a_jwt_is_not_sent(wrong: str) -> None:
    seen: list[str | None] = []
    with (
        SyncGateway(URL, api_key="k", transport=refusing(seen)) as gateway,
        pytest.raises(InvalidRequest, match="not a JWT") as caught,
    ):
        gateway.list_connections(user="u", assertion=wrong)
    assert seen == []
    assert wrong == "" or wrong not in str(caught.value)
