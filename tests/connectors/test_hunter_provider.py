"""Hunter's contract, by hunter.io/api-documentation/v2 (authentication, errors, account)."""

from gateway.testing import KeyContract


class TestHunter(KeyContract):
    connector = "hunter"
    # The key of the documentation's examples, which is none.
    refused_inputs = {"key": ("test-api-key",)}
