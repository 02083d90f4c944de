"""Chargebee's contract, by apidocs.chargebee.com (authentication, error handling)."""

from gateway.testing import KeyContract


class TestChargebee(KeyContract):
    connector = "chargebee"
    account = ("acme-test", "acme-test")
    accepted_inputs = {"site": {"https://Acme-test.chargebee.com/": "acme-test"}}
    unclear = ((403, {"api_error_code": "api_authorization_failed"}),)
    # Other hosts in disguise.
    refused_inputs = {
        "site": ("acme.evil.example", "acme/..", "a@b"),
        "key": ("test_…", "a b c d e f g h i j k"),
    }
