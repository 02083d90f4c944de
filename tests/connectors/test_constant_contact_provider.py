"""Constant Contact's contract, by developer.constantcontact.com (server flow, account summary)."""

from gateway.testing import ConnectorContract, documented

ME = "api.cc.email/v3/account/summary"
TOKENS = {
    "token_type": "Bearer",
    "expires_in": 86400,
    "scope": "account_read contact_data offline_access",
}
ACME = {"encoded_account_id": "p07e1l8k", "contact_email": "ana@acme.example"}


class TestConstantContact(ConnectorContract):
    connector = "constant-contact"
    scopes = ("account_read", "contact_data", "offline_access")
    exchange = documented({**TOKENS, "access_token": "eyJFAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "eyJNEW", "refresh_token": "rNEW"})
    accounts = {
        ("p07e1l8k", "Acme"): {ME: {**ACME, "organization_name": "Acme"}},
        ("p07e1l8k", "ana@acme.example"): {ME: ACME},
        ("p07e1l8k", "p07e1l8k"): {ME: {"encoded_account_id": "p07e1l8k"}},
    }
