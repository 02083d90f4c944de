"""Honeycomb's contract, by api-docs.honeycomb.io (authentication, auth)."""

from gateway.testing import KeyContract


class TestHoneycomb(KeyContract):
    connector = "honeycomb"
    account = ("acme:production", "Acme, Production")
    # The id of an ingest key.
    refused_inputs = {"region": ("eu1",), "key": ("hcaik_0123456789abcdefghij",)}
