"""Leonardo.Ai, by docs.leonardo.ai/reference (get user information, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "leonardo",
    title="Leonardo.Ai",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "5a0d3c1e-7b42-4f6a-9d18-2c7e90b4f531"},
        "ben": {"key": "71bc8e2f-0a95-4d3b-8c64-9f1d27e6a058"},
    },
    refusal=Refusal(
        401,
        {
            "error": "Authentication hook unauthorized this request",
            "path": "$",
            "code": "access-denied",
        },
    ),
    api_base="cloud.leonardo.ai/api/rest/v1",
    api={"/me": facts("user_details")},
    facts={
        key: {
            "user_details": [
                {"user": {"id": f"user-{key}", "username": name}, "subscriptionTokens": 100}
            ]
        }
        for key, name in (("ana", "Ana Diaz"), ("ben", "Ben Okoro"))
    },
)
