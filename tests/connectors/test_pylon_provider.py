"""Pylon's contract, by docs.usepylon.com (authentication, me)."""

from gateway.testing import KeyContract


class TestPylon(KeyContract):
    connector = "pylon"
    account = ("1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809", "Acme")
    # Two that are cut off, and one that is too long.
    refused_inputs = {"key": ("pylon_api_…", "short", "a" * 201)}
