"""HubSpot's contract.

Sources: https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide, HubSpot's public API
specifications of OAuth (2026-03).
"""

from __future__ import annotations

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

INTROSPECT = "api.hubapi.com/oauth/2026-03/token/introspect"
DEAD = "refresh token is invalid, expired or revoked"


class TestHubSpot(ConnectorContract):
    connector = "hubspot"
    scopes = ("oauth", "crm.objects.contacts.read")
    exchange = documented(
        {
            "token_type": "bearer",
            "access_token": "CIFAKE",
            "refresh_token": "na1-FAKE",
            "expires_in": 1800,
            "hub_id": 41000001,
            "user_id": 123,
            "scopes": ["crm.objects.contacts.read", "oauth"],
            "token_use": "access_token",
        },
        scopes=("crm.objects.contacts.read", "oauth"),
    )
    refresh = documented(
        {
            "token_type": "bearer",
            "access_token": "CINEW",
            "refresh_token": "na1-FAKE",
            "expires_in": 1800,
            "hub_id": 41000001,
            "scopes": ["oauth"],
        },
        scopes=("oauth",),
    )
    accounts = {
        ("41000001", "acme.com"): AccountSample(
            {
                INTROSPECT: {
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
            metadata={"hub_id": 41000001, "user": "ana@acme.com"},
        ),
        ("41000001", "ben@acme.com"): AccountSample(
            {INTROSPECT: {"active": True, "user": "ben@acme.com", "hub_id": 41000001}},
            metadata={"hub_id": 41000001, "user": "ben@acme.com"},
        ),
    }
    refusals = (
        ErrorSample(
            400,
            {
                "error": "invalid_grant",
                "error_description": DEAD,
                "status": "BAD_REFRESH_TOKEN",
                "message": DEAD,
            },
            TokenRejected,
        ),
        ErrorSample(
            400, {"error": "invalid_client", "status": "BAD_CLIENT_SECRET"}, ProviderMisconfigured
        ),
    )
