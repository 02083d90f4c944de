"""Autodesk's contract, by aps.autodesk.com/en/docs/oauth/v2."""

from gateway.testing import ConnectorContract, Probe, documented

ME = "api.userprofile.autodesk.com/userinfo"
ANA = {"sub": "BL7XKZQJ4HZ5", "name": "Ana Diaz", "email_verified": True}
TOKEN = {"token_type": "Bearer", "expires_in": 3599}


class TestAutodesk(ConnectorContract):
    connector = "autodesk"
    scopes = ("user-profile:read", "data:read")
    probe = Probe("/project/v1/hubs")
    exchange = documented({**TOKEN, "access_token": "auFAKE", "refresh_token": "aurFAKE"})
    refresh = documented({**TOKEN, "access_token": "auNEW", "refresh_token": "aurNEW"})
    accounts = {
        ("BL7XKZQJ4HZ5", "ana@acme.example"): {ME: {**ANA, "email": "ana@acme.example"}},
        ("BL7XKZQJ4HZ5", "Ana Diaz"): {ME: ANA},
    }
