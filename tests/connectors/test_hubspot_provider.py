"""HubSpot on the wire.

Sources: https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide, HubSpot's public API
specifications of OAuth (2026-03).
"""

from __future__ import annotations

from connectors.account import AccountInfo
from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    Probe,
    TokenSample,
)


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
