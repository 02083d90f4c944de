"""Fathom's contract, by developers.fathom.ai (authentication, list teams)."""

from gateway.testing import KeyContract


class TestFathom(KeyContract):
    connector = "fathom"
    # The address of a recording; keys that are too short and too long.
    refused_inputs = {"key": ("https://fathom.video/calls/1", "short", "a" * 201)}
