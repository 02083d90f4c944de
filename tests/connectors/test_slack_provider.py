"""Slack's contract.

Sources: https://docs.slack.dev/reference/methods/oauth.v2.access, …/reference/methods/auth.test,
https://docs.slack.dev/authentication/using-token-rotation.
"""

from gateway.errors import (
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnavailable,
    TokenRejected,
    UnreadableResponse,
)
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

AUTH_TEST = "slack.com/api/auth.test"
ANA = {"ok": True, "user": "ana", "user_id": "U0FAKE", "is_enterprise_install": False}
TEAM = {"team_id": "T0FAKE", "team": "Acme", "url": "https://acme.slack.com/"}
TOKENS = {
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
}


class TestSlack(ConnectorContract):
    connector = "slack"
    scopes = ("users:read", "channels:read")
    exchange = documented(TOKENS, at="authed_user", scopes=("users:read", "search:read"))
    refresh = documented(
        {
            "ok": True,
            "access_token": "xoxe.xoxp-1-NEW",
            "token_type": "user",
            "refresh_token": "xoxe-1-NEW",
            "expires_in": 43200,
            "user_id": "U0FAKE",
            "team": {"id": "T0FAKE", "name": "Acme"},
        }
    )
    accounts = {
        ("T0FAKE:U0FAKE", "ana (Acme)"): AccountSample({AUTH_TEST: {**ANA, **TEAM}}, TEAM),
        ("E0FAKE:U0FAKE", "ana"): AccountSample(
            {AUTH_TEST: {**ANA, "team": None, "team_id": "E0FAKE"}}, {"team_id": "E0FAKE"}
        ),
    }
    refusals = (
        *(
            ErrorSample(200, {"ok": False, "error": code}, raises)
            for code, raises in (
                ("invalid_code", TokenRejected),
                ("invalid_refresh_token", TokenRejected),
                ("invalid_client_id", ProviderMisconfigured),
                ("bad_client_secret", ProviderMisconfigured),
                ("ratelimited", ProviderUnavailable),
                ("bad_redirect_uri", ProviderRefused),
                ("code_already_used", ProviderRefused),
            )
        ),
        ErrorSample(200, {**TOKENS, "ok": False}, UnreadableResponse),
        # An installation for the app alone has a bot's token, and no person's.
        ErrorSample(200, {**TOKENS, "authed_user": {"id": "U0FAKE"}}, UnreadableResponse),
        ErrorSample(200, {k: v for k, v in TOKENS.items() if k != "ok"}, UnreadableResponse),
    )
