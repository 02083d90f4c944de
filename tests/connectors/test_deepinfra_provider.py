"""DeepInfra's contract, by deepinfra.com/docs (authentication, account)."""

from gateway.testing import KeyContract


class TestDeepInfra(KeyContract):
    connector = "deepinfra"
    # A key of another provider, one that is too short, and one that is too long.
    refused_inputs = {"key": ("sk-0123456789abcdefghij0123", "a" * 23, "a" * 201)}
    unclear = ((403, {"detail": {"error": "This key may not see the account"}}),)
