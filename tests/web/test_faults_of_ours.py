"""A programming error while a credential is exchanged or checked holds up nobody after it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from gateway.errors import InvalidRequest
from gateway.services import key_provider
from tests.support.gateway import FakeClock, Harness
from tests.support.pasted import CLIENT, INPUTS, KEY, paste
from tests.support.rows import Rows

DIGEST = hashlib.sha256(KEY.encode()).hexdigest()


@pytest.fixture
def gateway(keyed_gateway: Harness) -> Harness:
    """A gateway with the invented connectors."""
    return keyed_gateway


def failing(error: Exception) -> Any:
    def fail(*_: object) -> object:
        raise error

    return fail


async def test_an_error_in_a_token_request_ends_the_lease_and_a_good_token_is_still_issued(
    gateway: Harness, rows: Rows, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paste(await gateway.browser("alice"), "tokened", CLIENT)
    monkeypatch.setattr(key_provider, "exchange_of_values", failing(RuntimeError("a bug")))
    clock.advance(seconds=3600 - 30)
    assert (await gateway.token("tokened", "alice")).json()["access_token"] == "tt-1"
    assert (await rows.connection())["refresh"]["owner"] is None
    clock.advance(seconds=60)
    answer = await gateway.token("tokened", "alice")
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")


async def test_a_token_request_that_cannot_be_made_asks_for_the_key_again(
    gateway: Harness, rows: Rows, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paste(await gateway.browser("alice"), "tokened", CLIENT)
    clock.advance(hours=2)
    with monkeypatch.context() as broken:
        broken.setattr(key_provider, "exchange_of_values", failing(InvalidRequest("no region")))
        answer = await gateway.token("tokened", "alice")
    assert (answer.status_code, answer.json()["code"]) == (409, "connection_incomplete")
    refresh = (await rows.connection())["refresh"]
    assert (refresh["owner"], refresh["marker"]) == (None, None)
    assert (await gateway.token("tokened", "alice")).json()["access_token"] == "tt-2"


async def test_an_error_in_a_check_ends_the_lease(
    gateway: Harness, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paste(await gateway.browser("alice"), "keyed", INPUTS)
    with monkeypatch.context() as broken:
        broken.setattr(key_provider, "key_request", failing(RuntimeError("a bug")))
        answer = await gateway.token("keyed", "alice", rejected_token_sha256=DIGEST)
        assert answer.status_code == 500
    assert (await rows.connection())["refresh"]["owner"] is None
    answer = await gateway.token("keyed", "alice", rejected_token_sha256=DIGEST)
    assert answer.json()["access_token"] == KEY
