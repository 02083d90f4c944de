"""Apify, by docs.apify.com/api/v2 (authentication, private user data, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "apify",
    title="Apify",
    keys={
        "ana": {"key": "apify_api_Sandbox1Ana0123456789abcdefghijklmn"},
        "ben": {"key": "apify_api_Sandbox2Ben9876543210abcdefghijklmn"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401,
        {
            "error": {
                "type": "user-or-token-not-found",
                "message": "User was not found or authentication token is not valid",
            }
        },
    ),
    api={"/users/me": facts("data")},
    api_base="api.apify.com/v2",
    facts={
        "ana": {"data": {"id": "AnA1a2b3c4d5e6f70", "username": "ana.diaz"}},
        "ben": {"data": {"id": "BeN1a2b3c4d5e6f70", "username": "ben.okoro"}},
    },
)
