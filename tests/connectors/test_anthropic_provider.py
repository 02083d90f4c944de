"""The Claude API's contract, by platform.claude.com (API overview, errors, list models)."""

from gateway.testing import KeyContract


class TestAnthropic(KeyContract):
    connector = "anthropic"
    # An admin key, and a key of another provider.
    refused_inputs = {
        "key": ("sk-ant-admin01-0123456789abcdefghij", "sk-proj-0123456789abcdefghij0123")
    }
