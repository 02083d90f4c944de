"""Brevo's contract, by developers.brevo.com (authentication schemes, get your account)."""

from gateway.testing import KeyContract


class TestBrevo(KeyContract):
    connector = "brevo"
    account = ("650000000000000000000001", "Acme")
    # An SMTP key, and a key that is too long.
    refused_inputs = {
        "key": (
            "xsmtpsib-0123456789abcdef0123456789abcdef0123456789abcdef-0123456789abcdef",
            f"xkeysib-{'a' * 121}",
        )
    }
