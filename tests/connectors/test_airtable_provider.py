"""Airtable on the wire.

Source: https://airtable.com/developers/web/api/oauth-reference.
"""

from __future__ import annotations

from connectors.account import AccountInfo
from gateway.errors import ProviderMisconfigured, ProviderRefused, TokenRejected
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    Probe,
    TokenSample,
)


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
