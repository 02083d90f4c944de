"""Together AI's contract, by docs.together.ai/reference."""

from gateway.testing import KeyContract, ToolContract


class TestTogether(KeyContract):
    connector = "together"
    # A key of another provider, one that is too short, and one that is too long.
    refused_inputs = {"key": ("sk-0123456789abcdefghij0123456789", "a" * 29, "a" * 201)}


class TestTogetherTools(ToolContract):
    connector = "together"
