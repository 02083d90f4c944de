"""HubSpot's contract, by its guide of OAuth v3 and its API specifications of OAuth (2026-03)."""

from gateway.errors import ProviderMisconfigured
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, KeyContract, documented

INTROSPECT = "api.hubapi.com/oauth/2026-03/token/introspect"
KEPT = {"hub_id": 41000001, "user": "ana@acme.com"}


class TestHubSpot(ConnectorContract):
    connector = "hubspot"
    scopes = ("oauth", "crm.objects.contacts.read")
    exchange = refresh = documented(
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
    accounts = {
        ("41000001", "acme.com"): AccountSample(
            {
                INTROSPECT: {
                    "active": True,
                    "token": "CIFAKE",
                    "token_type": "access",
                    "user": "ana@acme.com",
                    "user_id": 123,
                    "hub_domain": "acme.com",
                    "hub_id": 41000001,
                    "app_id": 456,
                    "expires_in": 1754,
                    "scopes": ["oauth"],
                }
            },
            KEPT,
        ),
        ("41000001", "ana@acme.com"): AccountSample({INTROSPECT: {"active": True, **KEPT}}, KEPT),
    }
    refusals = (
        ErrorSample(
            400, {"error": "invalid_client", "status": "BAD_CLIENT_SECRET"}, ProviderMisconfigured
        ),
    )


class TestHubSpotKey(KeyContract):
    connector = "hubspot"
    account = ("41000001", "HubSpot 41000001")
    unclear = ((403, {"status": "error", "category": "MISSING_SCOPES"}),)
    # A key of an account, which HubSpot no longer takes, and a token that is hidden in part.
    refused_inputs = {"key": ("1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809", "pat-na1-********-f809")}
