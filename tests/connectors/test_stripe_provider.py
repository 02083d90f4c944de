"""Stripe Connect's contract, by docs.stripe.com/connect/oauth-reference and …/api/accounts."""

from gateway.errors import UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, KeyContract, documented

ACCOUNT = "api.stripe.com/v1/account"
KEPT = {"stripe_user_id": "acct_1FAKE", "livemode": False, "stripe_publishable_key": "pk_test_FAKE"}
EMAIL = {"id": "acct_1FAKE", "object": "account", "email": "owner@acme.com", "country": "US"}
DISPLAY = EMAIL | {"settings": {"dashboard": {"display_name": "Acme"}}, "business_profile": {}}


class TestStripe(ConnectorContract):
    connector = "stripe"
    scopes = ("read_write",)
    exchange = refresh = documented(
        {
            **KEPT,
            "access_token": "sk_test_FAKE",
            "refresh_token": "rt_FAKE",
            "token_type": "bearer",
            "scope": "read_write",
        }
    )
    accounts = {
        ("acct_1FAKE", "Acme Inc"): AccountSample(
            {ACCOUNT: DISPLAY | {"business_profile": {"name": "Acme Inc"}}}, KEPT
        ),
        ("acct_1FAKE", "Acme"): AccountSample({ACCOUNT: DISPLAY}, KEPT),
        ("acct_1FAKE", "owner@acme.com"): AccountSample({ACCOUNT: EMAIL}, KEPT),
    }
    refusals = (ErrorSample(401, {"error": {"type": "invalid_request_error"}}, UnreadableResponse),)


class TestStripeKey(KeyContract):
    connector = "stripe"
    account = ("acct_1Sandbox00000002", "Globex")
    # A publishable key, one that is hidden in part, one that is too long.
    refused_inputs = {
        "key": ("pk_test_0123456789abcdefghijklmn", "sk_test_…ijkl", f"sk_test_{'a' * 241}")
    }
