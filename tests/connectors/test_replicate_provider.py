"""Replicate's contract, by replicate.com/docs/reference/http."""

from gateway.testing import KeyContract, ToolContract


class TestReplicate(KeyContract):
    connector = "replicate"
    account = ("ana", "Ana Diaz")
    # A hidden token, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("r8_…CDEFG", "sk-0123456789abcdefghij0123", f"r8_{'a' * 101}")}


class TestReplicateTools(ToolContract):
    connector = "replicate"
