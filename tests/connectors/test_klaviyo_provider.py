"""Klaviyo's contract, by developers.klaviyo.com (authenticate, get accounts, errors)."""

from gateway.testing import KeyContract


class TestKlaviyo(KeyContract):
    connector = "klaviyo"
    account = ("AbC123", "Acme")
    unclear = ((403, {"errors": [{"status": 403, "code": "permission_denied"}]}),)
    # The public key of a site, which is the id of the account.
    refused_inputs = {"key": ("AbC123", "pk_AbC123")}
