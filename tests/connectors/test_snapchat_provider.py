"""Snapchat's contract, by developers.snap.com: Ads API, authentication, authenticated user."""

from gateway.testing import ConnectorContract, documented

ME = "adsapi.snapchat.com/v1/me"
ID = "2f5dd7f6-3ef4-4f4f-b3d3-3d6f0a5a0d11"
TOKEN = {"token_type": "Bearer", "expires_in": 1800, "scope": "snapchat-marketing-api"}


class TestSnapchat(ConnectorContract):
    connector = "snapchat"
    scopes = ("snapchat-marketing-api",)
    exchange = documented({**TOKEN, "access_token": "snFAKE", "refresh_token": "snrFAKE"})
    refresh = documented({**TOKEN, "access_token": "snNEW", "refresh_token": "snrNEW"})
    accounts = {
        (ID, "ana@acme.example"): {ME: {"me": {"id": ID, "email": "ana@acme.example"}}},
        (ID, "Ana Diaz"): {ME: {"me": {"id": ID, "display_name": "Ana Diaz"}}},
    }
