"""Statuspage's contract, by developer.statuspage.io (authentication, pages)."""

from gateway.testing import KeyContract


class TestStatuspage(KeyContract):
    connector = "statuspage"
    # The id of a page.
    refused_inputs = {"key": ("kctbh9vrtdwd",)}
