"""Brevo's contract, by developers.brevo.com (authentication schemes, get your account)."""

from gateway.testing import KeyContract


class TestBrevo(KeyContract):
    connector = "brevo"
    account = ("650000000000000000000001", "Acme")
    # An SMTP key.
    refused_inputs = {
        "key": ("xsmtpsib-0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef",)
    }
