"""Clerk's contract, by clerk.com/docs/reference/backend-api (authentication, JWKS, errors)."""

from gateway.testing import KeyContract


class TestClerk(KeyContract):
    connector = "clerk"
    # The publishable key, and a secret key that is too long.
    refused_inputs = {
        "key": ("pk_test_0123456789abcdefghijABCDEFGHIJ0123456789", f"sk_test_{'a' * 101}")
    }
