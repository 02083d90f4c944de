"""The Claude API's contract, by platform.claude.com (API overview, errors, list models)."""

from gateway.testing import KeyContract


class TestAnthropic(KeyContract):
    connector = "anthropic"
    # An admin key, a key of another provider, and one that is too long.
    refused_inputs = {
        "key": (
            "sk-ant-admin01-0123456789abcdefghij",
            "sk-proj-0123456789abcdefghij0123",
            f"sk-ant-{'a' * 201}",
        )
    }
    unclear = ((403, {"type": "error", "error": {"type": "permission_error"}}),)
