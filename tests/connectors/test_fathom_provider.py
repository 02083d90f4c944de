"""Fathom's contract, by developers.fathom.ai (authentication, list teams)."""

from gateway.testing import KeyContract


class TestFathom(KeyContract):
    connector = "fathom"
    # The address of a recording.
    refused_inputs = {"key": ("https://fathom.video/calls/1", "short")}
