"""Heroku's contract, by devcenter.heroku.com (OAuth, account)."""

from gateway.testing import ConnectorContract, documented

ME = "api.heroku.com/account"
ID = "01234567-89ab-cdef-0123-456789abcdef"
TOKENS = {"expires_in": 28799, "token_type": "Bearer", "user_id": ID, "session_nonce": None}


class TestHeroku(ConnectorContract):
    connector = "heroku"
    scopes = ("identity", "read")
    exchange = documented({**TOKENS, "access_token": "01234567FAKE", "refresh_token": "e7ddFAKE"})
    refresh = documented({**TOKENS, "access_token": "01234567NEW", "refresh_token": "e7ddNEW"})
    accounts = {
        (ID, "ana@acme.example"): {ME: {"id": ID, "email": "ana@acme.example", "name": "Ana"}},
        (ID, "Ana"): {ME: {"id": ID, "name": "Ana"}},
        (ID, ID): {ME: {"id": ID, "name": None}},
    }
