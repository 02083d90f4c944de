"""fal's contract, by fal.ai/docs (authentication, inference/queue, platform-apis/v1 estimate)."""

from gateway.testing import KeyContract


class TestFal(KeyContract):
    connector = "fal"
    # The id alone, a key with its scheme, and one that is too long.
    refused_inputs = {
        "key": (
            "5a1db0c4-94e7-4f8b-82d6-c03e9f71a58a",
            "Key 5a1db0c4-94e7-4f8b-82d6-c03e9f71a58a:11a5a1db0c494e7f8b2d6c03e9f71a58",
            f"{'a' * 65}:{'b' * 32}",
            f"{'a' * 36}:{'b' * 129}",
        )
    }
    unclear = ((403, {"detail": "User is locked. Reason: Exhausted balance."}),)
