"""Daytona's own side, by www.daytona.io/docs (en/api-keys, en/authentication, openapi.json)."""

from connectors.sandbox import Refusal, key_provider

KEY = {
    "name": "Gateway",
    "value": "dtn_********",
    "permissions": ["write:sandboxes"],
    "lastUsedAt": None,
    "expiresAt": None,
    "userId": "user-1",
}
PROVIDER = key_provider(
    "daytona",
    title="Daytona",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "dtn_5a1db0c494e7f8b2d6c03e9f71a58a11a5a1db0c494e7f8b2d6c03e9f71a58a1"},
        "ben": {"key": "dtn_c73e9d108452fa6b1c0d4e8f2937bbe11c73e9d108452fa6b1c0d4e8f2937bbe"},
    },
    refusal=Refusal(401, {"statusCode": 401, "error": "Unauthorized", "message": "Unauthorized"}),
    api_base="app.daytona.io/api",
    api={"/api-keys/current": lambda call: KEY},
)
