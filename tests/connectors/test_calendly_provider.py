"""Calendly's contract. Source: developer.calendly.com/api-docs."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

ME = "api.calendly.com/users/me"
ACME = "https://api.calendly.com/organizations/AAAAFAKE"
ANA = {"uri": "https://api.calendly.com/users/AAAAFAKE", "name": "Ana Diaz", "slug": "ana"}
TOKENS = {
    "token_type": "Bearer",
    "expires_in": 7200,
    "created_at": 1548689183,
    "owner": ANA["uri"],
    "organization": ACME,
    "scope": "users:read",
}


class TestCalendly(ConnectorContract):
    connector = "calendly"
    scopes = ("users:read", "event_types:read", "scheduled_events:read")
    exchange = documented({**TOKENS, "access_token": "eyJFAKE", "refresh_token": "b77aFAKE"})
    refresh = documented({**TOKENS, "access_token": "eyJNEW", "refresh_token": "b77aNEW"})
    accounts = {
        (ANA["uri"], "ana@acme.example"): AccountSample(
            {ME: {"resource": {**ANA, "email": "ana@acme.example", "current_organization": ACME}}},
            {"organization": ACME},
        ),
        (ANA["uri"], "Ana Diaz"): {ME: {"resource": ANA}},
    }
    refusals = (
        ErrorSample(401, {"error": "invalid_client"}, ProviderMisconfigured),
        ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),
    )
