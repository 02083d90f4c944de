"""Mailjet's contract, by dev.mailjet.com/email (authentication, my profile, errors)."""

from gateway.testing import KeyContract


class TestMailjet(KeyContract):
    connector = "mailjet"
    account = ("1a2b3c4d5e6f708192a3b4c5d6e7f809", "Key 1a2b3c4d5e6f708192a3b4c5d6e7f809")
    # Both halves in one field, and one that is cut off.
    refused_inputs = {
        "api_key": ("1a2b3c4d5e6f708192a3b4c5d6e7f809:2b3c4d5e6f708192a3b4c5d6e7f8091a",),
        "secret_key": ("c32b3c4d",),
    }
