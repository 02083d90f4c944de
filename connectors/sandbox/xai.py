"""xAI, by docs.x.ai (REST API reference: API key, models, errors).

The status and the sentence of the refusal are those that callers with a wrong key report.
"""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "xai",
    title="xAI",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "xai-SandboxAna0123456789abcdefghij0123456789"},
        "ben": {"key": "xai-SandboxBen9876543210abcdefghij0123456789"},
    },
    refusal=Refusal(
        400,
        {
            "code": "Client specified an invalid argument",
            "error": "Incorrect API key provided: xa***gA.",
        },
    ),
    api_base="api.x.ai/v1",
    api={"/api-key": facts("api_key_id", "team_id", "user_id", "name", "redacted_api_key", "acls")},
    facts={
        key: {
            "api_key_id": f"key-{number}",
            "team_id": f"team-{number}",
            "user_id": f"user-{number}",
            "name": name,
            "redacted_api_key": "xai-...6789",
            "acls": ["api-key:model:*", "api-key:endpoint:*"],
        }
        for number, (key, name) in enumerate((("ana", "Ana Diaz"), ("ben", "Ben Okoro")), 1)
    },
)
