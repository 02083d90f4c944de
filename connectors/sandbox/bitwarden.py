"""Bitwarden's public API, by bitwarden.com/help/public-api (authentication, endpoints)."""

from typing import Any

from connectors.sandbox import ExchangeRules, IssuedKeyToken, Place, Refusal, key_provider


def _token(issued: IssuedKeyToken) -> dict[str, Any]:
    return {
        "access_token": issued.access_token,
        "expires_in": issued.expires_in,
        "token_type": "Bearer",
        "scope": "api.organization",
    }


PROVIDER = key_provider(
    "bitwarden",
    title="Bitwarden",
    keys={
        "ana": {
            "region": "us",
            "client_id": "organization.1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
            "client_secret": "Sandbox1AnaAbCdEf0123456789abc",
        },
        "ben": {
            "region": "eu",
            "client_id": "organization.2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a",
            "client_secret": "Sandbox2BenAbCdEf9876543210abc",
        },
    },
    headers={"authorization": "Bearer {access_token}"},
    refusal=Refusal(401, {"object": "error", "message": "Unauthorized"}),
    exchange=ExchangeRules(
        address="{us=identity.bitwarden.com|eu=identity.bitwarden.eu}/connect/token",
        place=Place(
            body={
                "grant_type": "client_credentials",
                "scope": "api.organization",
                "client_id": "{client_id}",
                "client_secret": "{client_secret}",
            }
        ),
        answer=_token,
        refusal=Refusal(400, {"error": "invalid_client"}),
    ),
    api={"/organization/subscription": lambda call: {"passwordManager": {"seats": 5}}},
    api_base="{us=api.bitwarden.com|eu=api.bitwarden.eu}/public",
)
