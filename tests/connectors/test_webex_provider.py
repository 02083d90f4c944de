"""Webex's contract, by developer.webex.com (integrations and authorization, people/me)."""

from gateway.testing import ConnectorContract, documented

ME = "webexapis.com/v1/people/me"
TOKENS = {"expires_in": 1209600, "refresh_token_expires_in": 7776000, "refresh_token": "MDEyFAKE"}
ID = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS8x"
ANA = {"id": ID, "emails": ["ana@acme.example"]}


class TestWebex(ConnectorContract):
    connector = "webex"
    scopes = ("spark:people_read", "spark:rooms_read")
    exchange = documented({**TOKENS, "access_token": "ZDI3FAKE"})
    refresh = documented({**TOKENS, "access_token": "ZDI3NEW"})
    accounts = {
        (ID, "Ana Diaz"): {ME: {**ANA, "displayName": "Ana Diaz"}},
        (ID, "ana@acme.example"): {ME: ANA},
        (ID, ID): {ME: {"id": ID, "emails": []}},
    }
