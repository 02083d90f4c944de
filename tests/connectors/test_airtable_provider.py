"""Airtable on the wire.

Source: https://airtable.com/developers/web/api/oauth-reference.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from connectors.account import AccountInfo
from gateway.errors import (
    ProviderMisconfigured,
    ProviderRefused,
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
from tests.support.conversation import (
    CODE,
    JSON_FORM,
    REFRESH_TOKEN,
    VERIFIER,
    Conversation,
    bearer,
)
from tests.support.samples import outcome, read, without
from tests.support.wire import basic, form, own_headers


class TestAirtable(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "airtable"
    expected_category = "data"
    expected_scopes = ("user.email:read", "schema.bases:read", "data.records:read")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {}
    people = (Person(account="usrSandbox0000001"), Person(account="usrSandbox0000002"))
    probe = Probe("/meta/whoami")
    token_sample = TokenSample(
        answer={
            "access_token": "oaaFAKE.v1.x",
            "refresh_token": "oaaFAKE.v1.refresh.y",
            "token_type": "Bearer ",
            "scope": "data.records:read schema.bases:read",
            "expires_in": 3600,
            "refresh_expires_in": 5184000,
        },
        access_token="oaaFAKE.v1.x",
        refresh_token="oaaFAKE.v1.refresh.y",
        expires_in=3600,
        scopes=("data.records:read", "schema.bases:read"),
    )
    refresh_sample = TokenSample(
        answer={
            "access_token": "oaaNEW.v1.x",
            "refresh_token": "oaaNEW.v1.refresh.y",
            "token_type": "Bearer ",
            "scope": "data.records:read",
            "expires_in": 3600,
            "refresh_expires_in": 5184000,
        },
        access_token="oaaNEW.v1.x",
        refresh_token="oaaNEW.v1.refresh.y",
        expires_in=3600,
        scopes=("data.records:read",),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.airtable.com/v0/meta/whoami": {
                    "id": "usrFAKE00000001",
                    "email": "ana@example.com",
                    "scopes": ["data.records:read", "user.email:read"],
                }
            },
            expected=AccountInfo(
                external_account_id="usrFAKE00000001", account_label="ana@example.com"
            ),
        ),
        AccountSample(
            answers={"api.airtable.com/v0/meta/whoami": {"id": "usrFAKE00000001"}},
            expected=AccountInfo(
                external_account_id="usrFAKE00000001", account_label="usrFAKE00000001"
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={"error": "invalid_grant", "error_description": "…"},
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
        # "You recently refreshed a token": not dead.
        ErrorSample(status=409, body={"error": "conflict"}, raises=ProviderRefused),
    )


TOKEN_URL = "https://airtable.com/oauth2/v1/token"
ACCOUNT_URL = "https://api.airtable.com/v0/meta/whoami"
REVOKE_URL = "https://airtable.com/oauth2/v1/revoke"
TOKENS = TestAirtable.token_sample
ACCOUNT = TestAirtable.account_samples[0]
WHOAMI = ACCOUNT.answers["api.airtable.com/v0/meta/whoami"]
TOKEN_HEADERS = {**JSON_FORM, "authorization": basic("airtable-id", "airtable-secret")}


@pytest.fixture
def airtable(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Airtable."""
    return Conversation(provider, httpx_mock, "airtable")


async def test_the_exchange_is_a_form_with_basic_authentication_and_the_verifier(
    airtable: Conversation,
) -> None:
    airtable.answers(TOKEN_URL, TOKENS.answer)
    await airtable.exchange()
    request = airtable.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": airtable.redirect_uri,
        "code_verifier": VERIFIER,
    }


async def test_bearer_with_a_space_is_bearer_and_whoami_tells_the_account(
    airtable: Conversation, now: datetime
) -> None:
    assert TOKENS.answer["token_type"] == "Bearer "
    airtable.answers(TOKEN_URL, TOKENS.answer)
    airtable.tells(ACCOUNT)
    grant = await airtable.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    assert grant.tokens.token_type == "Bearer"
    assert await airtable.account(grant) == ACCOUNT.expected
    assert own_headers(airtable.sent(ACCOUNT_URL)) == bearer(TOKENS.access_token)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (400, {"error": "invalid_grant"}, TokenRejected),
        (401, {"error": "invalid_client"}, ProviderMisconfigured),
        (401, {"error": {"type": "AUTHENTICATION_REQUIRED", "message": "…"}}, UnreadableResponse),
        (429, {"errors": [{"error": "RATE_LIMIT_REACHED"}]}, ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    airtable: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    airtable.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected):
        await airtable.exchange()


@pytest.mark.requirement("C6")
@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, without(WHOAMI, "id"), "the answer has no id"),
        (200, {"error": {"type": "AUTHENTICATION_REQUIRED"}}, "the answer has no id"),
        (401, WHOAMI, "the account endpoint answered 401"),
        (503, "<h1>Oops</h1>", "the account endpoint answered 503"),
    ],
)
async def test_an_answer_without_the_id_is_no_account_even_with_an_email(
    airtable: Conversation, status: int, body: Any, reason: str
) -> None:
    """An e-mail address changes hands; it is never an identity."""
    airtable.answers(TOKEN_URL, TOKENS.answer)
    airtable.answers(ACCOUNT_URL, body, status=status, method="GET")
    with pytest.raises(UnreadableResponse, match=reason):
        await airtable.connect()


async def test_a_refresh_brings_a_new_pair(airtable: Conversation, now: datetime) -> None:
    airtable.answers(TOKEN_URL, TestAirtable.refresh_sample.answer)
    tokens = await airtable.refresh()
    request = airtable.sent(TOKEN_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert form(request) == {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
    assert read(tokens, now) == outcome(TestAirtable.refresh_sample)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [(400, "invalid_grant", TokenRejected), (409, "conflict", ProviderRefused)],
)
async def test_a_refresh_that_came_too_soon_is_not_a_dead_grant(
    airtable: Conversation, status: int, error: str, expected: type[Exception]
) -> None:
    airtable.answers(TOKEN_URL, {"error": error}, status=status)
    with pytest.raises(expected):
        await airtable.refresh()


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (404, False)])
async def test_revoking_sends_the_refresh_token_with_basic_authentication(
    airtable: Conversation, status: int, revoked: bool
) -> None:
    airtable.answers(REVOKE_URL, {}, status=status)
    assert await airtable.revoke() is revoked
    request = airtable.sent(REVOKE_URL)
    assert own_headers(request) == TOKEN_HEADERS
    assert form(request) == {"token": REFRESH_TOKEN}
