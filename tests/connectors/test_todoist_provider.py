"""Todoist's contract. Sources: developer.todoist.com/api/v1, doist.github.io (SDK)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

USER = "api.todoist.com/api/v1/user"
ANA = {"id": "2671355", "full_name": "Ana Diaz", "is_premium": True, "lang": "en"}


class TestTodoist(ConnectorContract):
    connector = "todoist"
    scopes = ("data:read",)
    exchange = documented({"access_token": "0a1bFAKE", "token_type": "Bearer"})
    refresh = documented(
        {
            "access_token": "0a1bNEW",
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": "rtNEW",
        }
    )
    accounts = {
        ("2671355", "ana@acme.example"): {USER: {**ANA, "email": "ana@acme.example"}},
        ("2671355", "Ana Diaz"): {USER: ANA},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
