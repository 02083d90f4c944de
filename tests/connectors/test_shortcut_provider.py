"""Shortcut's contract, by developer.shortcut.com/api/rest/v3 (authentication, member)."""

from gateway.testing import KeyContract


class TestShortcut(KeyContract):
    connector = "shortcut"
    account = ("1a000000-0000-4000-8000-000000000001", "Ana Diaz")
    # One of the beginning of a token alone.
    refused_inputs = {"key": ("1a2b3c4d",)}
