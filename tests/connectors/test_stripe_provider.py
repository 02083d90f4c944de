"""Stripe Connect on the wire.

Sources: https://docs.stripe.com/connect/oauth-reference, https://docs.stripe.com/api/accounts.
"""

from __future__ import annotations

from connectors.account import AccountInfo
from gateway.errors import ProviderMisconfigured, TokenRejected, UnreadableResponse
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    Probe,
    TokenSample,
)

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
