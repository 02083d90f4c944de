"""Bitly's contract. Sources: dev.bitly.com/docs/getting-started/authentication, getUser."""

from gateway.errors import UnreadableResponse
from gateway.testing import ConnectorContract, ErrorSample, documented

USER = "api-ssl.bitly.com/v4/user"
ANA = {"login": "ana", "name": "Ana Diaz", "is_active": True}


class TestBitly(ConnectorContract):
    connector = "bitly"
    scopes = ()
    exchange = documented({"access_token": "e66bFAKE", "login": "ana"})
    accounts = {
        ("ana", "ana@acme.example"): {USER: {**ANA, "emails": [{"email": "ana@acme.example"}]}},
        ("ana", "Ana Diaz"): {USER: {**ANA, "emails": []}},
    }
    refusals = (ErrorSample(400, {"status_txt": "INVALID_CODE", "data": None}, UnreadableResponse),)
