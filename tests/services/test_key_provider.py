"""Requests with pasted values, through the gateway's HTTP client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpx import HTTPXMock

from connectors import AccountInfo, account_lookup
from connectors.context import PostConnectionContext
from gateway import errors
from gateway.engine.key_requests import Verdict
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.services.key_provider import KeyProvider
from tests.support.pasted_configs import EXCHANGE, RIGHT, make_key, make_key_config
from tests.support.silent import bulkhead

NOW = datetime(2026, 11, 28, tzinfo=UTC)
ME = "https://api.example.com/v1/me"
VALUES = {"key": RIGHT}


@pytest.fixture
async def provider() -> AsyncIterator[KeyProvider]:
    """A provider behind the gateway's HTTP client."""
    async with open_outbound(EgressPolicy(), bulkhead()) as outbound:
        yield KeyProvider(outbound, lambda: NOW)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, Verdict.VALID), (401, Verdict.REFUSED), (404, Verdict.NOT_CHECKED)],
)
async def test_a_key_is_verified_by_an_api_call(
    provider: KeyProvider, httpx_mock: HTTPXMock, status: int, expected: Verdict
) -> None:
    httpx_mock.add_response(url=ME, status_code=status, json={})
    key = make_key()
    assert await provider.verify(make_key_config(key), key, VALUES, None) is expected
    sent = httpx_mock.get_requests()[0]
    assert sent.headers["Authorization"] == f"Bearer {RIGHT}"


async def test_without_a_verification_only_an_exchanged_token_shows_that_values_are_right(
    provider: KeyProvider, httpx_mock: HTTPXMock
) -> None:
    key = make_key(verify=None)
    assert await provider.verify(make_key_config(key), key, VALUES, None) is Verdict.NOT_CHECKED
    key = make_key(verify=None, api_headers={"X-T": "${access_token}"}, token=EXCHANGE)
    config = make_key_config(key)
    httpx_mock.add_response(url=EXCHANGE.url, json={"access_token": "at-1", "expires_in": 60})
    tokens = await provider.ask(config, key, VALUES)
    assert tokens.expires_at == NOW + timedelta(seconds=60)
    assert await provider.verify(config, key, VALUES, tokens.access_token) is Verdict.VALID
    httpx_mock.add_response(url=EXCHANGE.url, status_code=401, json={})
    with pytest.raises(errors.TokenRejected):
        await provider.ask(config, key, VALUES)


async def test_the_account_stands_in_the_verification_or_in_a_call_of_its_own(
    provider: KeyProvider, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=ME, json={"id": 7, "name": "Acme"})
    key = make_key(account=account_lookup(id="id", label="name"))
    found = await provider.account(make_key_config(key), key, VALUES, None)
    assert found == AccountInfo(external_account_id="7", account_label="Acme")

    async def hook(ctx: PostConnectionContext) -> None:
        ctx.update_metadata({"plan": (await ctx.fetch(ME)).json()["plan"]})
        ctx.update_account_label("Acme Ltd")

    url = "https://api.example.com/v1/team"
    httpx_mock.add_response(url=url, json={"id": "t"})
    httpx_mock.add_response(url=ME, json={"plan": "free"})
    key = make_key(account=account_lookup(url=url, id="id", label="name"))
    found = await provider.account(make_key_config(key), key, VALUES, None)
    assert found == AccountInfo(external_account_id="t", account_label="t")
    after = await provider.enrich(make_key_config(key), key, hook, VALUES, None, found)
    assert after.failure is None
    assert (after.account.account_label, after.account.metadata) == ("Acme Ltd", {"plan": "free"})


async def test_no_account_is_named_or_it_cannot_be_read(
    provider: KeyProvider, httpx_mock: HTTPXMock
) -> None:
    key = make_key()
    assert await provider.account(make_key_config(key), key, VALUES, None) is None
    httpx_mock.add_response(url=ME, json={"other": 1})
    key = make_key(account=account_lookup(id="id", label="name"))
    with pytest.raises(errors.UnreadableResponse):
        await provider.account(make_key_config(key), key, VALUES, None)


async def test_code_of_a_connector_sends_the_key_to_no_other_host(
    provider: KeyProvider, httpx_mock: HTTPXMock
) -> None:
    async def hook(ctx: PostConnectionContext) -> None:
        await ctx.fetch("https://evil.example/")

    key, account = make_key(), AccountInfo(external_account_id="1", account_label="1")
    found = await provider.enrich(make_key_config(key), key, hook, VALUES, None, account)
    assert found.failure == "hook_error"
    assert httpx_mock.get_requests() == []


@pytest.mark.parametrize("place", ["metadata", "label"])
async def test_findings_of_a_hook_that_repeat_the_key_are_dropped(
    provider: KeyProvider, place: str
) -> None:
    async def hook(ctx: PostConnectionContext) -> None:
        if place == "label":
            ctx.update_account_label(f"Acme {RIGHT}")
        ctx.update_metadata({"plan": {"of": RIGHT} if place == "metadata" else "free"})

    key, account = make_key(), AccountInfo(external_account_id="1", account_label="1")
    found = await provider.enrich(make_key_config(key), key, hook, VALUES, None, account)
    assert (found.account, found.failure) == (account, "hook_error")
