"""Cloudflare's contract, by developers.cloudflare.com (create a token, verify token)."""

from gateway.testing import KeyContract


class TestCloudflare(KeyContract):
    connector = "cloudflare"
    account = ("ed17574386854bf78a67040be0a770b0", "Token ed17574386854bf78a67040be0a770b0")
    # A global API key, and a token that is too long.
    refused_inputs = {"key": ("0123456789abcdef0123456789abcdef01234", "a" * 101)}
