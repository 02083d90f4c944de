"""Linear on the wire.

Source: https://linear.app/developers/oauth-2-0-authentication.
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


class TestLinear(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "linear"
    expected_category = "productivity"
    expected_scopes = ("read", "issues:create")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {"prompt": "consent"}
    people = (Person(account="acme-ana"), Person(account="side-project-ana"))
    probe = Probe(
        "/graphql",
        method="POST",
        json={"query": "{ viewer { id name email } organization { id name urlKey } }"},
    )
    token_sample = TokenSample(
        answer={
            "access_token": "lin_oauth_FAKE",
            "token_type": "Bearer",
            "expires_in": 86399,
            "scope": "read write",
            "refresh_token": "lin_rt_FAKE",
        },
        access_token="lin_oauth_FAKE",
        refresh_token="lin_rt_FAKE",
        expires_in=86399,
        scopes=("read", "write"),
    )
    # As apps from before December 2023 get it.
    refresh_sample = TokenSample(
        answer={
            "access_token": "lin_oauth_NEW",
            "token_type": "Bearer",
            "expires_in": 86399,
            "scope": ["read", "write"],
            "refresh_token": "lin_rt_NEW",
        },
        access_token="lin_oauth_NEW",
        refresh_token="lin_rt_NEW",
        expires_in=86399,
        scopes=("read", "write"),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.linear.app/graphql": {
                    "data": {
                        "viewer": {"id": "9c2b", "name": "Ana", "email": "ana@acme.com"},
                        "organization": {"id": "1f0e", "name": "Acme", "urlKey": "acme"},
                    }
                }
            },
            expected=AccountInfo(
                external_account_id="1f0e:9c2b",
                account_label="Acme",
                metadata={"organization_url_key": "acme", "email": "ana@acme.com"},
            ),
        ),
        AccountSample(
            answers={
                "api.linear.app/graphql": {
                    "data": {
                        "viewer": {"id": "9c2b", "name": "Ana"},
                        "organization": {"id": "1f0e", "name": ""},
                    }
                }
            },
            expected=AccountInfo(external_account_id="1f0e:9c2b", account_label="Ana"),
        ),
    )
    error_samples = (
        ErrorSample(
            status=400,
            body={"error": "invalid_grant", "error_description": "…"},
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
        ErrorSample(status=400, body={"errors": [{"message": "…"}]}, raises=UnreadableResponse),
    )
