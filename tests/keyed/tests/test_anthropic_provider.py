"""The Claude API's contract, by platform.claude.com (API overview, errors, list models)."""

from pathlib import Path

from gateway.testing import KeyContract


class TestAnthropic(KeyContract):
    folder = Path(__file__).parents[1]
    connector = "anthropic"
    # An admin key, and a key of another provider.
    refused_inputs = {
        "key": ("sk-ant-admin01-0123456789abcdefghij", "sk-proj-0123456789abcdefghij0123")
    }
