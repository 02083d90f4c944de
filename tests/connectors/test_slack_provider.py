"""Slack on the wire.

Sources: https://docs.slack.dev/reference/methods/oauth.v2.access,
https://docs.slack.dev/authentication/using-token-rotation, https://docs.slack.dev/reference/methods/auth.test.
"""

from __future__ import annotations

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


class TestSlack(ConnectorContract):
    """The documented answers, and what is expected of the connector."""

    connector = "slack"
    expected_category = "communication"
    expected_scopes = ("users:read", "channels:read")
    expected_supports_refresh = True
    expected_supports_multiple_accounts = True
    expected_use_pkce = False
    expected_extra_authorize_params = {}
    people = (Person(account="T0SANDBOX1-U0SANDBOX1"), Person(account="T0SANDBOX1-U0SANDBOX2"))
    probe = Probe("/auth.test", method="POST")
    token_sample = TokenSample(
        answer={
            "ok": True,
            "app_id": "A0FAKE",
            "authed_user": {
                "id": "U0FAKE",
                "scope": "users:read,search:read",
                "access_token": "xoxe.xoxp-1-FAKE",
                "token_type": "user",
                "refresh_token": "xoxe-1-USER",
                "expires_in": 43200,
            },
            "scope": "chat:write,channels:read",
            "token_type": "bot",
            "access_token": "xoxe.xoxb-1-FAKE",
            "refresh_token": "xoxe-1-BOT",
            "expires_in": 43100,
            "bot_user_id": "U0BOT",
            "team": {"id": "T0FAKE", "name": "Acme"},
            "enterprise": None,
            "is_enterprise_install": False,
        },
        access_token="xoxe.xoxp-1-FAKE",
        refresh_token="xoxe-1-USER",
        expires_in=43200,
        scopes=("users:read", "search:read"),
    )
    refresh_sample = TokenSample(
        answer={
            "ok": True,
            "access_token": "xoxe.xoxp-1-NEW",
            "token_type": "user",
            "refresh_token": "xoxe-1-NEW",
            "expires_in": 43200,
            "user_id": "U0FAKE",
            "team": {"id": "T0FAKE", "name": "Acme"},
        },
        access_token="xoxe.xoxp-1-NEW",
        refresh_token="xoxe-1-NEW",
        expires_in=43200,
        scopes=("users:read", "channels:read"),
    )
    account_samples = (
        AccountSample(
            answers={
                "slack.com/api/auth.test": {
                    "ok": True,
                    "url": "https://acme.slack.com/",
                    "team": "Acme",
                    "user": "ana",
                    "team_id": "T0FAKE",
                    "user_id": "U0FAKE",
                    "is_enterprise_install": False,
                }
            },
            expected=AccountInfo(
                external_account_id="T0FAKE:U0FAKE",
                account_label="ana (Acme)",
                metadata={"team_id": "T0FAKE", "team": "Acme", "url": "https://acme.slack.com/"},
            ),
        ),
        AccountSample(
            answers={
                "slack.com/api/auth.test": {
                    "ok": True,
                    "team": None,
                    "user": "ana",
                    "team_id": "E0FAKE",
                    "user_id": "U0FAKE",
                    "is_enterprise_install": True,
                }
            },
            expected=AccountInfo(
                external_account_id="E0FAKE:U0FAKE",
                account_label="ana",
                metadata={"team_id": "E0FAKE"},
            ),
        ),
    )
    error_samples = (
        ErrorSample(status=200, body={"ok": False, "error": "invalid_code"}, raises=TokenRejected),
        ErrorSample(
            status=200, body={"ok": False, "error": "invalid_refresh_token"}, raises=TokenRejected
        ),
        ErrorSample(
            status=200,
            body={"ok": False, "error": "invalid_client_id"},
            raises=ProviderMisconfigured,
        ),
        ErrorSample(
            status=200,
            body={"ok": False, "error": "bad_client_secret"},
            raises=ProviderMisconfigured,
        ),
        ErrorSample(
            status=200, body={"ok": False, "error": "ratelimited"}, raises=ProviderUnavailable
        ),
        ErrorSample(
            status=200, body={"ok": False, "error": "bad_redirect_uri"}, raises=ProviderRefused
        ),
    )
