"""ElevenLabs' contract, by elevenlabs.io/docs/api-reference (authentication, get user, errors)."""

from gateway.testing import KeyContract


class TestElevenLabs(KeyContract):
    connector = "elevenlabs"
    # A hidden key, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("sk_…8b2", "sk-proj-0123456789abcdefghij0123", f"sk_{'a' * 65}")}
    unclear = (
        (401, {"detail": {"status": "missing_permissions", "message": "missing user_read"}}),
        (401, {"detail": {"status": "detected_unusual_activity", "message": "…"}}),
    )
