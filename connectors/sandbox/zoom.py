"""Zoom's Server-to-Server OAuth, by developers.zoom.us (internal apps, OAuth error messages)."""

from typing import Any

from connectors.sandbox import ExchangeRules, IssuedKeyToken, Place, Refusal, facts, key_provider


def _token(issued: IssuedKeyToken) -> dict[str, Any]:
    return {
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": issued.expires_in,
        "scope": "user:read:list_users:admin",
        "api_url": "https://api.zoom.us",
    }


PROVIDER = key_provider(
    "zoom",
    title="Zoom",
    keys={
        name: {
            "account_id": f"Sandbox_account_{name}",
            "client_id": f"Sandbox_client_{name}",
            "client_secret": f"Sandbox_secret_{name}_0123456789",
        }
        for name in ("acme", "globex")
    },
    headers={"authorization": "Bearer {access_token}"},
    refusal=Refusal(401, {"code": 124, "message": "Invalid access token."}),
    exchange=ExchangeRules(
        address="zoom.us/oauth/token",
        place=Place(
            basic=("{client_id}", "{client_secret}"),
            body={"grant_type": "account_credentials", "account_id": "{account_id}"},
        ),
        answer=_token,
        refusal=Refusal(
            400, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
        ),
    ),
    api={"/users": facts("users")},
    api_base="api.zoom.us/v2",
    facts={name: {"users": [{"email": f"ana@{name}.example"}]} for name in ("acme", "globex")},
)
