"""Stripe Connect's contract.

Sources: https://docs.stripe.com/connect/oauth-reference, https://docs.stripe.com/api/accounts.
"""

from __future__ import annotations

from gateway.errors import UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

ACCOUNT = "api.stripe.com/v1/account"
METADATA = {
    "stripe_user_id": "acct_1FAKE",
    "livemode": False,
    "stripe_publishable_key": "pk_test_FAKE",
}
TOKENS = {**METADATA, "token_type": "bearer", "refresh_token": "rt_FAKE"}
EMAIL = {"id": "acct_1FAKE", "email": "owner@acme.com"}
SETTINGS = {"settings": {"dashboard": {"display_name": "Acme"}}}


class TestStripe(ConnectorContract):
    connector = "stripe"
    scopes = ("read_write",)
    exchange = documented({**TOKENS, "access_token": "sk_test_FAKE", "scope": "read_write"})
    refresh = documented({**TOKENS, "access_token": "sk_test_NEW", "scope": "read_only"})
    accounts = {
        ("acct_1FAKE", "Acme Inc"): AccountSample(
            {
                ACCOUNT: {
                    **EMAIL,
                    "object": "account",
                    "country": "US",
                    "business_profile": {"name": "Acme Inc"},
                    **SETTINGS,
                }
            },
            metadata=METADATA,
        ),
        ("acct_1FAKE", "Acme"): AccountSample(
            {ACCOUNT: {**EMAIL, "business_profile": {"name": None}, **SETTINGS}}, metadata=METADATA
        ),
        ("acct_1FAKE", "owner@acme.com"): AccountSample({ACCOUNT: EMAIL}, metadata=METADATA),
    }
    refusals = (
        ErrorSample(
            401,
            {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}},
            UnreadableResponse,
        ),
    )
