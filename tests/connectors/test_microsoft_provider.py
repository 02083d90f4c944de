"""Microsoft on the wire.

Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow,
https://learn.microsoft.com/graph/api/user-get.
"""

from __future__ import annotations

import base64
import json

from connectors.account import AccountInfo
from gateway.errors import (
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
)
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    Probe,
    TokenSample,
)

TENANT = "9d1c2b3a-0000-4000-8000-00000000000a"
ID_TOKEN = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "RS256"}, {"tid": TENANT, "oid": "6a2f"}, "signature")
)


class TestMicrosoft(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "microsoft"
    expected_category = "productivity"
    expected_alias = "microsoft-graph"
    expected_scopes = ("openid", "offline_access", "User.Read")
    expected_scopes_not_echoed = frozenset({"offline_access"})
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {"prompt": "select_account"}
    people = (
        Person(account="6a2f1c3e-0000-4000-8000-000000000001"),
        Person(account="00000000-0000-0000-6a2f-1c3e00000003"),
    )
    probe = Probe("/me")
    token_sample = TokenSample(
        answer={
            "token_type": "Bearer",
            "scope": "openid profile email User.Read",
            "expires_in": 3599,
            "ext_expires_in": 3599,
            "access_token": "eyJ0eXAi.FAKE",
            "refresh_token": "0.AXoFAKE",
            "id_token": ID_TOKEN,
        },
        access_token="eyJ0eXAi.FAKE",
        refresh_token="0.AXoFAKE",
        expires_in=3599,
        scopes=("openid", "profile", "email", "User.Read", "offline_access"),
    )
    refresh_sample = TokenSample(
        answer={
            "token_type": "Bearer",
            "scope": "openid https://graph.microsoft.com/User.Read",
            "expires_in": 4021,
            "access_token": "eyJ0eXAi.NEW",
            "refresh_token": "0.AXoNEW",
        },
        access_token="eyJ0eXAi.NEW",
        refresh_token="0.AXoNEW",
        expires_in=4021,
        scopes=("openid", "User.Read", "offline_access"),
    )
    account_samples = (
        AccountSample(
            answers={
                "graph.microsoft.com/v1.0/me": {
                    "id": "6a2f1c3e-0000-4000-8000-000000000002",
                    "displayName": "Ana Diaz",
                    "mail": "ana@contoso.com",
                    "userPrincipalName": "ana.diaz@contoso.com",
                }
            },
            expected=AccountInfo(
                external_account_id=f"{TENANT}:6a2f1c3e-0000-4000-8000-000000000002",
                account_label="ana@contoso.com",
                metadata={"tenant_id": TENANT},
            ),
        ),
        AccountSample(
            answers={
                "graph.microsoft.com/v1.0/me": {
                    "id": "6a2f1c3e-0000-4000-8000-000000000002",
                    "mail": None,
                    "userPrincipalName": "ana.diaz@contoso.com",
                }
            },
            expected=AccountInfo(
                external_account_id=f"{TENANT}:6a2f1c3e-0000-4000-8000-000000000002",
                account_label="ana.diaz@contoso.com",
                metadata={"tenant_id": TENANT},
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={
                "error": "invalid_grant",
                "error_description": "AADSTS70008: The refresh token has expired…",
                "error_codes": [70008],
                "timestamp": "2026-01-09 02:02:12Z",
                "trace_id": "0000aaaa-11bb-cccc-dd22-eeeeee333333",
                "correlation_id": "aaaa0000-bb11-2222-33cc-444444dddddd",
            },
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
        ErrorSample(status=400, body={"error": "interaction_required"}, raises=ProviderRefused),
        ErrorSample(
            status=400, body={"error": "temporarily_unavailable"}, raises=ProviderUnavailable
        ),
    )
