"""Chargebee's contract, by apidocs.chargebee.com (authentication, error handling)."""

from gateway.testing import KeyContract


class TestChargebee(KeyContract):
    connector = "chargebee"
    account = ("acme-test", "acme-test.chargebee.com")
    accepted_inputs = {"site": {"https://Acme-test.chargebee.com/": "acme-test"}}
    unclear = ((403, {"api_error_code": "api_authorization_failed"}),)
    # Other hosts in disguise, a name that is too long for one; keys that are hidden or too long.
    refused_inputs = {
        "site": ("acme.evil.example", "acme/..", "a@b", "a" * 64),
        "key": ("test_…", "a b c d e f g h i j k", "a" * 101),
    }
