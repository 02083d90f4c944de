"""OpenRouter's own side, by openrouter.ai/docs (get-current-key, errors)."""

from connectors.sandbox import Refusal, key_provider

KEY = {
    "label": "sk-or-v1-au7...890",
    "limit": 100,
    "limit_remaining": 74.5,
    "usage": 25.5,
    "is_free_tier": False,
    "is_management_key": False,
}
PROVIDER = key_provider(
    "openrouter",
    title="OpenRouter",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "sk-or-v1-5a1db0c494e7f8b2d6c03e9f71a58a11a5a1db0c494e7f8b2d6c03e9f7"},
        "ben": {"key": "sk-or-v1-c73e9d108452fa6b1c0d4e8f2937bbe11c73e9d108452fa6b1c0d4e8f2"},
    },
    refusal=Refusal(401, {"error": {"code": 401, "message": "Missing Authentication header"}}),
    api_base="openrouter.ai/api/v1",
    api={"/key": lambda call: {"data": KEY}},
)
