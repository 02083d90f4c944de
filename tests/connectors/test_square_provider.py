"""Square's contract, by developer.squareup.com/reference/square/o-auth-api."""

from dataclasses import replace

from gateway.errors import ProviderRefused, TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

ME = "connect.squareup.com/v2/merchants/me"
ACME = {"id": "MLFAKE", "country": "US", "currency": "USD", "status": "ACTIVE"}
DENIED = {"message": "Not Authorized", "type": "service.not_authorized"}


class TestSquare(ConnectorContract):
    connector = "square"
    scopes = ("MERCHANT_PROFILE_READ", "PAYMENTS_READ")
    exchange = refresh = replace(
        documented(
            {
                "access_token": "EAAAFAKE",
                "token_type": "bearer",
                "expires_at": "2026-01-31T00:00:00Z",
                "merchant_id": "MLFAKE",
                "refresh_token": "EQAAFAKE",
                "short_lived": False,
            }
        ),
        expires_in=30 * 86400,
    )
    accounts = {
        ("MLFAKE", "Acme Coffee"): AccountSample(
            {ME: {"merchant": {**ACME, "business_name": "Acme Coffee"}}}, {"merchant_id": "MLFAKE"}
        ),
        ("MLFAKE", "MLFAKE"): AccountSample({ME: {"merchant": ACME}}, {"merchant_id": "MLFAKE"}),
    }
    refusals = (
        ErrorSample(401, DENIED, TokenRejected, on_refresh=True),
        ErrorSample(401, DENIED, ProviderRefused),
    )
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "Square refuses a wrong secret and a dead code in the same words"
        )
    }
