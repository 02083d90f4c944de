"""Postmark's contract, by postmarkapp.com/developer (API overview, error codes, server API)."""

from gateway.testing import KeyContract


class TestPostmark(KeyContract):
    connector = "postmark"
    account = ("1001", "Acme shop")
    # The test token of the documentation, and one with a letter that no token has.
    refused_inputs = {"key": ("POSTMARK_API_TEST", "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f80g")}
