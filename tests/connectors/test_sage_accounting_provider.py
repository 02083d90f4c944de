"""Sage Accounting's contract, by developer.sage.com/accounting: authentication, user."""

from gateway.testing import ConnectorContract, documented

ME = "api.accounting.sage.com/v3.1/user"
ID = "ee9e5a3f6e4111e9b0a10a3c4d5e6f70"
ANA = {"id": ID, "displayed_as": "Ana Diaz", "locale": "en-GB"}
TOKEN = {
    "token_type": "bearer",
    "expires_in": 300,
    "refresh_token_expires_in": 2678400,
    "scope": "readonly",
}


class TestSageAccounting(ConnectorContract):
    connector = "sage-accounting"
    scopes = ("readonly",)
    exchange = documented({**TOKEN, "access_token": "saFAKE", "refresh_token": "sarFAKE"})
    refresh = documented({**TOKEN, "access_token": "saNEW", "refresh_token": "sarNEW"})
    accounts = {
        (ID, "ana@acme.example"): {ME: {**ANA, "email": "ana@acme.example"}},
        (ID, "Ana Diaz"): {ME: ANA},
    }
