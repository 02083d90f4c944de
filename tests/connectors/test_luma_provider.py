"""Luma's contract, by docs.lumalabs.ai (API, get credits)."""

from gateway.testing import KeyContract


class TestLuma(KeyContract):
    connector = "luma"
    # A hidden key, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("luma-****fghij", "sk-0123456789abcdefghij0123", f"luma-{'a' * 201}")}
    unclear = ((403, {"detail": "Insufficient credits"}),)
