"""Apify's contract, by docs.apify.com/api/v2 (authentication, private user data, errors)."""

from gateway.testing import KeyContract


class TestApify(KeyContract):
    connector = "apify"
    account = ("AnA1a2b3c4d5e6f70", "ana.diaz")
    unclear = ((403, {"error": {"type": "insufficient-permissions"}}),)
    # The password of the proxy, and a token that is too long.
    refused_inputs = {
        "key": ("apify_proxy_0123456789abcdefghijklmnopqrst", f"apify_api_{'a' * 61}")
    }
