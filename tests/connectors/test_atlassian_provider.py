"""Atlassian on the wire.

Source: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/.
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

SITES = "api.atlassian.com/oauth/token/accessible-resources"
SITE = {
    "id": "33333333-cccc-4000-8000-000000000301",
    "name": "acme",
    "url": "https://acme.atlassian.net",
    "scopes": ["read:jira-work"],
    "avatarUrl": "https://site-admin-avatar-cdn.example/240.png",
}
ME = {
    "account_type": "atlassian",
    "account_id": "55aa00000000000000000501",
    "email": "ana@acme.com",
    "name": "Ana Diaz",
    "picture": "https://avatar.example/ana",
    "account_status": "active",
    "nickname": "Ana",
    "zoneinfo": "Europe/Madrid",
    "locale": "en-US",
}


class TestAtlassian(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "atlassian"
    expected_category = "productivity"
    expected_scopes = ("read:me", "read:jira-work", "offline_access")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = True
    expected_extra_authorize_params = {"audience": "api.atlassian.com", "prompt": "consent"}
    people = (
        Person(account="55aa00000000000000000501", typed={"site": "acme"}),
        Person(
            account="55aa00000000000000000502", typed={"site": "https://umbrella.atlassian.net/"}
        ),
    )
    accepted_inputs = {
        "site": {
            "acme": "acme",
            "Acme.atlassian.net": "acme",
            "https://acme.atlassian.net/": "acme",
            "acme-2": "acme-2",
        }
    }
    refused_inputs = {
        "site": (
            "",
            "acme.example.com",
            "acme/..",
            "acme.atlassian.net.example.com",
            "-acme",
            "a b",
            "http://acme.atlassian.net",
            "a" * 64,
        )
    }
    probe = Probe("/rest/api/3/myself")
    token_sample = TokenSample(
        answer={
            "access_token": "eyJFAKE",
            "expires_in": 3600,
            "token_type": "Bearer",
            "refresh_token": "eyJFAKEr",
            "scope": "read:jira-work offline_access read:me",
        },
        access_token="eyJFAKE",
        refresh_token="eyJFAKEr",
        expires_in=3600,
        scopes=("read:jira-work", "offline_access", "read:me"),
    )
    refresh_sample = TokenSample(
        answer={
            "access_token": "eyJNEW",
            "expires_in": 3600,
            "token_type": "Bearer",
            "refresh_token": "eyJNEWr",
            "scope": "read:jira-work offline_access",
        },
        access_token="eyJNEW",
        refresh_token="eyJNEWr",
        expires_in=3600,
        scopes=("read:jira-work", "offline_access"),
    )
    account_samples = (
        AccountSample(
            answers={
                "api.atlassian.com/me": ME,
                SITES: [SITE, {**SITE, "scopes": ["read:confluence"]}],
            },
            typed={"site": "acme"},
            expected=AccountInfo(
                external_account_id="55aa00000000000000000501:acme",
                account_label="acme (ana@acme.com)",
                metadata={"cloud_id": SITE["id"], "site_url": SITE["url"]},
            ),
        ),
        AccountSample(
            answers={
                "api.atlassian.com/me": {**ME, "email": None},
                SITES: [{"id": "other", "url": "https://globex.atlassian.net"}, SITE],
            },
            typed={"site": "acme"},
            expected=AccountInfo(
                external_account_id="55aa00000000000000000501:acme",
                account_label="acme (Ana Diaz)",
                metadata={"cloud_id": SITE["id"], "site_url": SITE["url"]},
            ),
        ),
    )
    error_samples = (
        ErrorSample(
            status=403,
            body={
                "error": "invalid_grant",
                "error_description": "Unknown or invalid refresh token.",
            },
            raises=TokenRejected,
        ),
        ErrorSample(
            status=403,
            body={
                "error": "unauthorized_client",
                "error_description": "refresh_token is invalid",
            },
            raises=TokenRejected,
        ),
        ErrorSample(status=401, body={"error": "invalid_client"}, raises=ProviderMisconfigured),
    )
