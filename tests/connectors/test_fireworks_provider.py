"""Fireworks AI's contract, by docs.fireworks.ai/api-reference."""

from gateway.testing import KeyContract, ToolContract


class TestFireworks(KeyContract):
    connector = "fireworks"
    account = ("accounts/ana", "Ana Diaz")
    # A hidden key, a key of another provider, and one that is too long.
    refused_inputs = {"key": ("fw_…abcd", "sk-0123456789abcdefghij0123", f"fw_{'a' * 201}")}
    unclear = ((403, {"code": 7, "message": "The key may not list accounts.", "details": []}),)


class TestFireworksTools(ToolContract):
    connector = "fireworks"
