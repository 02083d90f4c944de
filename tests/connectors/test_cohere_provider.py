"""Cohere's contract, by docs.cohere.com/reference (check API key)."""

from gateway.testing import KeyContract, ToolContract


class TestCohere(KeyContract):
    connector = "cohere"
    account = ("org-acme", "Organization org-acme")
    # A key of another provider, one that is too short, and one that is too long.
    refused_inputs = {"key": ("sk-0123456789abcdefghij0123456789", "a" * 29, "a" * 201)}


class TestCohereTools(ToolContract):
    connector = "cohere"
