"""Mailgun's contract, by documentation.mailgun.com (domains, messages, validations)."""

from gateway.testing import KeyContract, ToolContract


class TestMailgun(KeyContract):
    connector = "mailgun"
    # A hidden key, the pair of user and password, and one that is too long.
    refused_inputs = {
        "region": ("ap",),
        "key": ("key-…bbe1", "api:key-c73e9d108452fa6b1c0d4e8f2937bbe1", f"key-{'a' * 101}"),
    }


class TestMailgunTools(ToolContract):
    connector = "mailgun"
