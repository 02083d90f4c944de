"""Toggl Track's contract, by engineering.toggl.com/docs (authentication, me)."""

from gateway.testing import KeyContract


class TestToggl(KeyContract):
    connector = "toggl"
    account = ("9000001", "Ana Diaz")
    refusals = ((401, {"error": "Unauthorized"}),)
    # The e-mail address.
    refused_inputs = {"key": ("ana@acme.example",)}
