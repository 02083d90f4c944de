"""Lob's contract, by docs.lob.com (authentication, list addresses, errors)."""

from gateway.testing import KeyContract


class TestLob(KeyContract):
    connector = "lob"
    # A publishable key, which verifies addresses alone.
    refused_inputs = {"key": ("test_pub_0123456789abcdef0123456789abcde",)}
