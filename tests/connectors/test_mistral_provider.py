"""Mistral AI's contract, by docs.mistral.ai/api."""

from gateway.testing import KeyContract, ToolContract


class TestMistral(KeyContract):
    connector = "mistral"
    # A key of another provider, one that is too short, and one that is too long.
    refused_inputs = {"key": ("sk-0123456789abcdefghij0123", "a" * 23, "a" * 201)}


class TestMistralTools(ToolContract):
    connector = "mistral"
