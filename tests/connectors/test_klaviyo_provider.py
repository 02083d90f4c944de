"""Klaviyo's contract, by developers.klaviyo.com (authenticate, get accounts, errors)."""

from gateway.testing import KeyContract


class TestKlaviyo(KeyContract):
    connector = "klaviyo"
    account = ("AbC123", "Acme")
    unclear = ((403, {"errors": [{"status": 403, "code": "permission_denied"}]}),)
    # The public key of a site, which is the id of the account, and a long private key.
    refused_inputs = {"key": ("AbC123", "pk_AbC123", f"pk_{'a' * 61}")}
