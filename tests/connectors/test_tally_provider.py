"""Tally's contract, by developers.tally.so (authentication, fetch user info)."""

from gateway.testing import KeyContract


class TestTally(KeyContract):
    connector = "tally"
    account = ("mAna01", "Ana Diaz")
    # The id of a form.
    refused_inputs = {"key": ("mVPb5L", "tly-0123")}
