"""Provider responses other than tokens: accounts, introspection, revocation."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo, account_lookup
from connectors.catalog import Hook
from connectors.config import ConnectorConfig
from connectors.config_types import ErrorInSuccess
from connectors.context import ConnectionContext, PostConnectionContext, Tokens
from connectors.errors import AccountUnfit, AccountUnreadable
from connectors.secret import Secret
from gateway import errors
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.services.provider import Grant, Provider
from tests.support.configs import make_config
from tests.support.silent import bulkhead
from tests.support.wire import form

INTROSPECTION = "https://auth.example.com/introspect"
REVOCATION = "https://auth.example.com/revoke"
REFRESH = "https://auth.example.com/refresh"
ACCOUNT = {"id": "1", "name": "Ana", "plan": "free"}


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """A provider behind the gateway's HTTP client."""
    async with open_outbound(EgressPolicy(), bulkhead()) as outbound:
        yield Provider(outbound, lambda: datetime(2026, 11, 21, tzinfo=UTC))


def grant_with(**token_response: Any) -> Grant:
    """Return a grant of this token response."""
    tokens = Tokens(
        access_token=Secret("canary-access"),
        refresh_token=None,
        token_type="Bearer",
        expires_at=None,
        scopes=(),
    )
    return Grant(tokens=tokens, token_response=token_response)


def introspecting(**changes: Any) -> ConnectorConfig:
    """Return a connector that introspects its token."""
    lookup = account_lookup(id="sub", label="username", introspect=True)
    return make_config(
        **{"introspection_url": INTROSPECTION, "fetch_account_info": lookup} | changes
    )


async def test_metadata_of_the_token_answer_joins_that_of_the_account(provider: Provider) -> None:
    config = make_config(
        token_metadata={"team": "team.id", "plan": "team.plan", "none": "none", "null": "null"},
        fetch_account_info=account_lookup(id="id", label="name", metadata={"plan": "plan"}),
    )
    grant = grant_with(**ACCOUNT, team={"id": "T1", "plan": "of the token"}, null=None)
    account = await provider.account(config, grant, {})
    assert account == AccountInfo(
        external_account_id="1",
        account_label="Ana",
        metadata={"team": "T1", "plan": "free"},  # the account's value takes precedence
    )


async def enriched(
    provider: Provider, config: ConnectorConfig, hook: Hook, **answer: Any
) -> AccountInfo:
    """Return the account of a token response after its hook, which must not fail."""
    grant = grant_with(**ACCOUNT | answer)
    account = await provider.account(config, grant, {})
    found = await provider.enrich(config, hook, grant, {}, account)
    assert found.failure is None
    return found.account


async def test_a_hook_adds_metadata_and_takes_precedence(provider: Provider) -> None:
    config = make_config(token_metadata={"team": "team", "region": "region"})
    seen: list[AccountInfo] = []

    async def hook(ctx: PostConnectionContext) -> None:
        seen.append(ctx.account)
        ctx.update_metadata({"region": "us", "site": "acme"})

    account = await enriched(provider, config, hook, team="T1", region="eu")
    assert seen[0].metadata == {"team": "T1", "region": "eu"}
    assert account.metadata == {"team": "T1", "region": "us", "site": "acme"}
    assert (account.external_account_id, account.account_label) == ("1", "Ana")


@pytest.mark.requirement("C6")
async def test_a_hook_gets_a_cleaned_account(provider: Provider) -> None:
    shown: list[str] = []

    async def hook(ctx: PostConnectionContext) -> None:
        shown.append(ctx.account.account_label)

    await enriched(provider, make_config(), hook, name="A\u202en\na")
    assert shown == ["An a"]


@pytest.mark.parametrize("by", ["lookup", "hook"])
async def test_a_lookup_or_a_hook_can_report_an_unfit_account(provider: Provider, by: str) -> None:
    async def fails(ctx: ConnectionContext) -> Any:
        raise AccountUnfit("no such site")

    config = make_config(fetch_account_info=fails) if by == "lookup" else make_config()
    with pytest.raises(AccountUnfit, match="no such site"):
        await enriched(provider, config, fails)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (AccountUnreadable("no list"), "unreadable_answer"),
        (errors.ProviderUnavailable(), "provider_unavailable"),
        (errors.ProviderUnavailable(rate_limited=True), "rate_limited"),
        (errors.ProviderMisconfigured(), "provider_misconfigured"),
        (errors.ProviderRefused(), "provider_refused"),
        (errors.EgressRefused(), "hook_error"),
        (RuntimeError("canary"), "hook_error"),
        (SystemExit(1), "hook_error"),
        (asyncio.CancelledError(), "hook_error"),
    ],
    ids=repr,
)
async def test_a_hook_that_fails_keeps_what_it_found_before(
    provider: Provider, error: BaseException, reason: str
) -> None:
    """Rule 7."""

    async def hook(ctx: PostConnectionContext) -> None:
        ctx.update_metadata({"site": "acme"})
        raise error

    account = AccountInfo(external_account_id="1", account_label="Ana")
    found = await provider.enrich(make_config(), hook, grant_with(), {}, account)
    assert (found.failure, found.account.metadata) == (reason, {"site": "acme"})


async def test_a_hook_that_hangs_is_left_even_if_it_refuses_to_end() -> None:
    end, ended = asyncio.Event(), asyncio.Event()

    async def hook(ctx: PostConnectionContext) -> None:
        while not end.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await end.wait()
        ended.set()

    account = AccountInfo(external_account_id="1", account_label="Ana")
    async with open_outbound(EgressPolicy(), bulkhead()) as outbound:
        impatient = Provider(outbound, lambda: datetime(2026, 11, 21, tzinfo=UTC), 0.01)
        found = await impatient.enrich(make_config(), hook, grant_with(), {}, account)
        assert (found.failure, found.account) == ("timeout", account)
        end.set()
        await ended.wait()


async def test_the_account_may_come_from_the_introspection(
    provider: Provider, httpx_mock: HTTPXMock
) -> None:
    """RFC 7662."""
    answer = {"active": True, "sub": "7", "username": "ana"}
    httpx_mock.add_response(method="POST", url=INTROSPECTION, json=answer)
    account = await provider.account(introspecting(), grant_with(), {})
    assert (account.external_account_id, account.account_label) == ("7", "ana")
    (request,) = httpx_mock.get_requests()
    assert form(request)["token"] == "canary-access"
    assert "client_secret" in form(request)


@pytest.mark.requirement("C3")
@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b'{"active": false}'),
        (200, b"[]"),
        (200, b"null"),
        (200, b"<html>"),
        (200, b""),
        (200, b'{"sub": ""}'),
        (200, b'{"sub": "1", "sub": "2"}'),
        (201, b'{"sub": "1"}'),
        (401, b'{"error": "invalid_client"}'),
        (404, b"{}"),
        (500, b'{"sub": "1"}'),
    ],
    ids=str,
)
async def test_an_introspection_that_says_nothing_is_unreadable(
    provider: Provider, httpx_mock: HTTPXMock, status: int, content: bytes
) -> None:
    httpx_mock.add_response(
        url=INTROSPECTION,
        status_code=status,
        content=content,
        headers={"Content-Type": "application/json"},
    )
    with pytest.raises(errors.UnreadableResponse):
        await provider.account(introspecting(), grant_with(), {})


async def revoked(provider: Provider, config: ConnectorConfig) -> bool | None:
    """Revoke a grant and return the result."""
    return await provider.revoke(
        config,
        connection_config={},
        metadata={},
        access_token=Secret("canary-access"),
        refresh_token=Secret("canary-refresh"),
    )


@pytest.mark.parametrize(
    ("status", "content", "shape", "done"),
    [
        (200, b"", None, True),
        (204, b"", None, True),
        (200, b"<html>", None, True),
        (200, b'{"ok": false, "error": "x"}', None, True),
        (200, b'{"ok": true}', ErrorInSuccess(flag="ok"), True),
        (200, b'{"ok": false, "error": "invalid_auth"}', ErrorInSuccess(flag="ok"), False),
        (200, b"{}", ErrorInSuccess(flag="ok"), False),
        (200, b"{}", ErrorInSuccess(), True),
        (200, b'{"error": "x"}', ErrorInSuccess(), False),
        (400, b'{"ok": true}', ErrorInSuccess(flag="ok"), False),
        (400, b'{"error": "invalid_token"}', None, False),
        (503, b"", None, False),
    ],
    ids=str,
)
async def test_a_revocation_succeeds_by_the_providers_own_rules(
    provider: Provider,
    httpx_mock: HTTPXMock,
    status: int,
    content: bytes,
    shape: ErrorInSuccess | None,
    done: bool,
) -> None:
    """RFC 7009 2.2: the status counts, except for providers that hide failures in the body."""
    httpx_mock.add_response(url=REVOCATION, status_code=status, content=content)
    config = make_config(revocation_url=REVOCATION, error_in_success=shape)
    assert await revoked(provider, config) is done


async def test_a_connector_without_revocation_sends_no_request(provider: Provider) -> None:
    assert await revoked(provider, make_config()) is None


@pytest.mark.requirement("A16")
@pytest.mark.parametrize(
    ("answer", "scopes"),
    [({}, ("read",)), ({"scope": None}, ("read",)), ({"scope": "read write"}, ("read", "write"))],
    ids=repr,
)
async def test_a_refresh_goes_to_its_address_and_keeps_what_was_granted(
    provider: Provider, httpx_mock: HTTPXMock, answer: dict[str, Any], scopes: tuple[str, ...]
) -> None:
    """RFC 6749 6, A16: a response without scopes does not widen a grant."""
    httpx_mock.add_response(method="POST", url=REFRESH, json={"access_token": "a"} | answer)
    tokens = await provider.refresh(
        make_config(refresh_url=REFRESH, omit_refresh_params=frozenset({"grant_type"})),
        refresh_url=REFRESH,
        refresh_token=Secret("canary-refresh"),
        granted=("read",),
    )
    assert tokens.scopes == scopes
    (request,) = httpx_mock.get_requests()
    assert {*form(request)} == {"refresh_token", "client_id", "client_secret"}
