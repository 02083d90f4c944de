"""Stripe Connect on the wire.

Sources: https://docs.stripe.com/connect/oauth-reference, https://docs.stripe.com/api/accounts.
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
from tests.support.conversation import (
    CODE,
    JSON_FORM,
    REFRESH_TOKEN,
    VERIFIER,
    Conversation,
    bearer,
)
from tests.support.samples import outcome, read, without
from tests.support.wire import form, own_headers

FROM_TOKENS = {
    "stripe_user_id": "acct_1FAKE",
    "livemode": False,
    "stripe_publishable_key": "pk_test_FAKE",
}
"""What is kept of the token answer."""


class TestStripe(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "stripe"
    expected_category = "finance"
    expected_scopes = ("read_write",)
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {}
    people = (Person(account="account-1"), Person(account="account-2"))
    probe = Probe("/account")
    token_sample = TokenSample(
        answer={
            "access_token": "sk_test_FAKE",
            "livemode": False,
            "refresh_token": "rt_FAKE",
            "token_type": "bearer",
            "stripe_publishable_key": "pk_test_FAKE",
            "stripe_user_id": "acct_1FAKE",
            "scope": "read_write",
        },
        access_token="sk_test_FAKE",
        refresh_token="rt_FAKE",
        expires_in=None,
        scopes=("read_write",),
    )
    refresh_sample = TokenSample(
        answer={
            "access_token": "sk_test_NEW",
            "livemode": False,
            "refresh_token": "rt_FAKE",
            "token_type": "bearer",
            "stripe_publishable_key": "pk_test_FAKE",
            "stripe_user_id": "acct_1FAKE",
            "scope": "read_only",
        },
        access_token="sk_test_NEW",
        refresh_token="rt_FAKE",
        expires_in=None,
        scopes=("read_only",),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.stripe.com/v1/account": {
                    "id": "acct_1FAKE",
                    "object": "account",
                    "email": "owner@acme.com",
                    "country": "US",
                    "business_profile": {"name": "Acme Inc"},
                    "settings": {"dashboard": {"display_name": "Acme"}},
                }
            },
            expected=AccountInfo(
                external_account_id="acct_1FAKE", account_label="Acme Inc", metadata=FROM_TOKENS
            ),
        ),
        AccountSample(
            answers={
                "api.stripe.com/v1/account": {
                    "id": "acct_1FAKE",
                    "email": "owner@acme.com",
                    "business_profile": {"name": None},
                    "settings": {"dashboard": {"display_name": "Acme"}},
                }
            },
            expected=AccountInfo(
                external_account_id="acct_1FAKE", account_label="Acme", metadata=FROM_TOKENS
            ),
        ),
        AccountSample(
            answers={"api.stripe.com/v1/account": {"id": "acct_1FAKE", "email": "owner@acme.com"}},
            expected=AccountInfo(
                external_account_id="acct_1FAKE",
                account_label="owner@acme.com",
                metadata=FROM_TOKENS,
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={
                "error": "invalid_grant",
                "error_description": "Authorization code does not exist: ac_FAKE",
            },
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
        ErrorSample(
            status=401,
            body={
                "error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}
            },
            raises=UnreadableResponse,
        ),
    )


TOKEN_URL = "https://connect.stripe.com/oauth/token"
ACCOUNT_URL = "https://api.stripe.com/v1/account"
REVOKE_URL = "https://connect.stripe.com/oauth/deauthorize"
TOKENS = TestStripe.token_sample
ACCOUNT = TestStripe.account_samples[0]
PLATFORM = {**JSON_FORM, "authorization": "Bearer stripe-secret"}
"""The platform's secret key, not the token of a connected account."""


@pytest.fixture
def stripe(provider: Provider, httpx_mock: HTTPXMock) -> Conversation:
    """What the gateway asks Stripe."""
    return Conversation(provider, httpx_mock, "stripe")


async def test_the_exchange_is_authenticated_by_the_secret_key_alone(stripe: Conversation) -> None:
    stripe.answers(TOKEN_URL, TOKENS.answer)
    await stripe.exchange()
    request = stripe.sent(TOKEN_URL)
    assert own_headers(request) == PLATFORM
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": stripe.redirect_uri,
        "code_verifier": VERIFIER,
    }


async def test_the_account_is_read_with_its_own_token_and_keeps_its_publishable_key(
    stripe: Conversation, now: datetime
) -> None:
    stripe.answers(TOKEN_URL, TOKENS.answer)
    stripe.tells(ACCOUNT)
    grant = await stripe.exchange()
    assert read(grant.tokens, now) == outcome(TOKENS)
    account = await stripe.account(grant)
    assert account == ACCOUNT.expected
    assert account.metadata["stripe_publishable_key"] == "pk_test_FAKE"
    assert own_headers(stripe.sent(ACCOUNT_URL)) == bearer(TOKENS.access_token)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, without(TOKENS.answer, "access_token"), UnreadableResponse),
        (400, TestStripe.error_samples[0].body, TokenRejected),
        (401, {"error": "invalid_client"}, ProviderMisconfigured),
        (401, TestStripe.error_samples[2].body, UnreadableResponse),
        (429, {"error": {"type": "rate_limit"}}, ProviderUnavailable),
    ],
)
async def test_an_exchange_without_a_token_says_why(
    stripe: Conversation, status: int, body: Any, expected: type[Exception]
) -> None:
    stripe.answers(TOKEN_URL, body, status=status)
    with pytest.raises(expected) as caught:
        await stripe.exchange()
    assert "ac_FAKE" not in str(caught.value)  # the provider's own words name the code


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, {"object": "account", "email": "owner@acme.com"}, "the answer has no id"),
        (200, {"error": {"type": "invalid_request_error"}}, "the answer has no id"),
        (401, {"error": {"type": "invalid_request_error"}}, "the account endpoint answered 401"),
        (500, {"id": "acct_1FAKE"}, "the account endpoint answered 500"),
    ],
)
async def test_an_answer_without_the_id_is_no_account(
    stripe: Conversation, status: int, body: Any, reason: str
) -> None:
    stripe.answers(TOKEN_URL, TOKENS.answer)
    stripe.answers(ACCOUNT_URL, body, status=status, method="GET")
    with pytest.raises(UnreadableResponse, match=reason):
        await stripe.connect()


async def test_a_refresh_is_authenticated_by_the_secret_key_alone(
    stripe: Conversation, now: datetime
) -> None:
    stripe.answers(TOKEN_URL, TestStripe.refresh_sample.answer)
    tokens = await stripe.refresh()
    request = stripe.sent(TOKEN_URL)
    assert own_headers(request) == PLATFORM
    assert form(request) == {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
    assert read(tokens, now) == outcome(TestStripe.refresh_sample)


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (401, False)])
async def test_deauthorizing_names_the_account_and_no_token(
    stripe: Conversation, status: int, revoked: bool
) -> None:
    stripe.answers(REVOKE_URL, {"stripe_user_id": "acct_1FAKE"}, status=status)
    assert await stripe.revoke(FROM_TOKENS) is revoked
    request = stripe.sent(REVOKE_URL)
    assert own_headers(request) == PLATFORM
    assert form(request) == {"client_id": "stripe-id", "stripe_user_id": "acct_1FAKE"}


async def test_a_connection_that_lost_its_account_is_not_deauthorized(stripe: Conversation) -> None:
    """A request without the account would be one about something else."""
    with pytest.raises(UnreadableResponse, match="what its grant is revoked by"):
        await stripe.revoke(without(FROM_TOKENS, "stripe_user_id"))
    assert stripe.count() == 0
