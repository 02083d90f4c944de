"""Neon's contract, by api-docs.neon.tech (authentication, current user)."""

from gateway.testing import KeyContract


class TestNeon(KeyContract):
    connector = "neon"
    account = ("1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809", "ana@acme.example")
    # A connection string.
    refused_inputs = {"key": ("postgresql://ana@ep-cool.neon.tech/db",)}
