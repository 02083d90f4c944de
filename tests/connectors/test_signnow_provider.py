"""SignNow's contract, by docs.signnow.com (OAuth 2.0, user)."""

from gateway.testing import ConnectorContract, documented

ME = "api.signnow.com/user"
TOKENS = {"token_type": "bearer", "expires_in": 2592000, "scope": "*", "last_login": 1}
ID = "5ac54d6adefb2f0000000009"


class TestSignNow(ConnectorContract):
    connector = "signnow"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        (ID, "ana@acme.example"): {ME: {"id": ID, "primary_email": "ana@acme.example"}},
        (ID, "Ana"): {ME: {"id": ID, "first_name": "Ana"}},
        (ID, ID): {ME: {"id": ID}},
    }
