"""ElevenLabs' own side, by elevenlabs.io/docs/api-reference (authentication, get user, errors)."""

from connectors.sandbox import Refusal, key_provider

USER = {
    "user_id": "1234567890",
    "subscription": {"tier": "creator", "character_count": 17231, "character_limit": 100000},
    "is_new_user": False,
}
PROVIDER = key_provider(
    "elevenlabs",
    title="ElevenLabs",
    headers={"xi-api-key": "{key}"},
    keys={
        "ana": {"key": "sk_5a1db0c494e7f8b2d6c03e9f71a58a11a5a1db0c494e7f8b2"},
        "ben": {"key": "c73e9d108452fa6b1c0d4e8f2937bbe1"},  # older keys have no prefix
    },
    refusal=Refusal(401, {"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}),
    api_base="api.elevenlabs.io/v1",
    api={"/user": lambda call: USER},
)
