"""HubSpot on the wire.

Sources: https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide, HubSpot's public API
specifications of OAuth (2026-03).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from gateway.errors import (
    ProviderMisconfigured,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
)
from gateway.services.provider import Provider
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    Probe,
    TokenSample,
)
from tests.support.conversation import CODE, JSON_FORM, REFRESH_TOKEN, VERIFIER, Conversation
from tests.support.samples import outcome, read, without
from tests.support.wire import form, own_headers


class TestHubSpot(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "hubspot"
    expected_category = "crm"
    expected_scopes = ("oauth", "crm.objects.contacts.read")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {}
    people = (Person(account="41000001-101"), Person(account="41000002-103"))
    probe = Probe("/account-info/v3/details")
    token_sample = TokenSample(
        answer={
            "token_type": "bearer",
            "access_token": "CIFAKE",
            "refresh_token": "na1-FAKE",
            "expires_in": 1800,
            "hub_id": 41000001,
            "user_id": 123,
            "scopes": ["crm.objects.contacts.read", "oauth"],
            "token_use": "access_token",
        },
        access_token="CIFAKE",
        refresh_token="na1-FAKE",
        expires_in=1800,
        scopes=("crm.objects.contacts.read", "oauth"),
    )
    refresh_sample = TokenSample(
        answer={
            "token_type": "bearer",
            "access_token": "CINEW",
            "refresh_token": "na1-FAKE",
            "expires_in": 1800,
            "hub_id": 41000001,
            "scopes": ["oauth"],
        },
        access_token="CINEW",
        refresh_token="na1-FAKE",
        expires_in=1800,
        scopes=("oauth",),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.hubapi.com/oauth/2026-03/token/introspect": {
                    "active": True,
                    "token_use": "access_token",
                    "token": "CIFAKE",
                    "token_type": "access",
                    "user": "ana@acme.com",
                    "user_id": 123,
                    "hub_domain": "acme.com",
                    "hub_id": 41000001,
                    "app_id": 456,
                    "client_id": "…",
                    "expires_in": 1754,
                    "scopes": ["oauth"],
                    "is_private_distribution": False,
                }
            },
            expected=AccountInfo(
                external_account_id="41000001",
                account_label="acme.com",
                metadata={"hub_id": 41000001, "user": "ana@acme.com"},
            ),
        ),
        AccountSample(
            answers={
                "api.hubapi.com/oauth/2026-03/token/introspect": {
                    "active": True,
                    "user": "ana@acme.com",
                    "hub_id": 41000001,
                }
            },
            expected=AccountInfo(
                external_account_id="41000001",
                account_label="ana@acme.com",
                metadata={"hub_id": 41000001, "user": "ana@acme.com"},
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={
                "error": "invalid_grant",
                "error_description": "refresh token is invalid, expired or revoked",
                "status": "BAD_REFRESH_TOKEN",
                "message": "refresh token is invalid, expired or revoked",
            },
            raises=TokenRejected,
        ),
        ErrorSample(
            status=400,
            body={"error": "invalid_client", "status": "BAD_CLIENT_SECRET"},
            raises=ProviderMisconfigured,
        ),
    )


TOKEN_URL = "https://api.hubapi.com/oauth/2026-03/token"
ACCOUNT_URL = "https://api.hubapi.com/oauth/2026-03/token/introspect"
REVOKE_URL = "https://api.hubapi.com/oauth/2026-03/token/revoke"
TOKENS = TestHubSpot.token_sample
ACCOUNT = TestHubSpot.account_samples[0]
INTROSPECTION = ACCOUNT.answers["api.hubapi.com/oauth/2026-03/token/introspect"]
CREDENTIALS = {"client_id": "hubspot-id", "client_secret": "hubspot-secret"}


@pytest.fixture
def hubspot(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks HubSpot."""
    return Conversation(provider, httpx_mock, "hubspot")


async def test_the_exchange_is_a_form_with_everything_in_the_body(hubspot: Conversation) -> None:
    hubspot.answers(TOKEN_URL, TOKENS.answer)
    await hubspot.exchange()
    request = hubspot.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == CREDENTIALS | {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": hubspot.redirect_uri,
        "code_verifier": VERIFIER,
    }


async def test_the_account_is_the_portal_that_introspection_tells(
    hubspot: Conversation, now: datetime
) -> None:
    """RFC 7662 2.1: the gateway asks as itself, and not with the token."""
    hubspot.answers(TOKEN_URL, TOKENS.answer)
    hubspot.tells(ACCOUNT, method="POST")
    grant = await hubspot.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert await hubspot.account(grant) == ACCOUNT.expected
    request = hubspot.sent(ACCOUNT_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == CREDENTIALS | {"token": TOKENS.access_token}


async def test_two_people_of_one_portal_are_one_account(hubspot: Conversation) -> None:
    """Revoking the token of one ends the grant of both."""
    accounts = set()
    for user in (123, 456):
        hubspot.answers(TOKEN_URL, {**TOKENS.answer, "user_id": user})
        hubspot.answers(ACCOUNT_URL, {**INTROSPECTION, "user_id": user, "user": f"{user}@acme.com"})
        accounts.add((await hubspot.connect()).external_account_id)
    assert accounts == {"41000001"}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (400, TestHubSpot.error_samples[0].body, TokenRejected),
        (400, TestHubSpot.error_samples[1].body, ProviderMisconfigured),
        (400, {"status": "BAD_AUTH_CODE", "message": "missing or unknown"}, UnreadableResponse),
        (502, "<h1>Bad gateway</h1>", ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    hubspot: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    hubspot.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected):
        await hubspot.exchange()


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, without(INTROSPECTION, "hub_id"), "the answer has no hub_id"),
        (200, {"active": False}, "the answer has no hub_id"),
        (200, [INTROSPECTION], "not a JSON object"),
        (401, INTROSPECTION, "the introspection endpoint answered 401"),
        (500, "<h1>Oops</h1>", "the introspection endpoint answered 500"),
    ],
    ids=["no portal", "a dead token", "a list", "401", "500"],
)
async def test_an_answer_without_the_portal_is_no_account(
    hubspot: Conversation, status: int, body: Any, reason: str
) -> None:
    hubspot.answers(TOKEN_URL, TOKENS.answer)
    hubspot.answers(ACCOUNT_URL, body, status=status)
    with pytest.raises(UnreadableResponse, match=reason):
        await hubspot.connect()


async def test_a_refresh_may_name_the_same_refresh_token(
    hubspot: Conversation, now: datetime
) -> None:
    hubspot.answers(TOKEN_URL, TestHubSpot.refresh_sample.answer)
    tokens = await hubspot.refresh()
    request = hubspot.sent(TOKEN_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == CREDENTIALS | {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
    }
    assert read(tokens, now) == outcome(TestHubSpot.refresh_sample)


@pytest.mark.parametrize(("status", "revoked"), [(204, True), (200, True), (400, False)])
async def test_revoking_sends_the_refresh_token_with_credentials(
    hubspot: Conversation, status: int, revoked: bool
) -> None:
    hubspot.answers(REVOKE_URL, {}, status=status)
    assert await hubspot.revoke({"hub_id": 41000001}) is revoked
    request = hubspot.sent(REVOKE_URL)
    assert own_headers(request) == JSON_FORM
    assert form(request) == CREDENTIALS | {"token": REFRESH_TOKEN}
