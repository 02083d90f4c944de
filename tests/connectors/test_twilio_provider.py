"""Twilio's contract, by twilio.com/docs (requests, accounts, error 20003)."""

from gateway.testing import KeyContract


class TestTwilio(KeyContract):
    connector = "twilio"
    account = ("AC0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "Acme")
    # An API key's SID, and the SID instead of the token.
    refused_inputs = {
        "account_sid": ("SK0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "../Accounts"),
        "auth_token": ("AC0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",),
    }
