"""LINE's contract, by developers.line.biz/en/reference/line-login."""

from gateway.testing import ConnectorContract, documented

ME = "api.line.me/v2/profile"
ID = "U4af4980629d3b1a3c3f2b1e0f9e8d7c6"
TOKEN = {"token_type": "Bearer", "expires_in": 2592000, "scope": "profile"}


class TestLine(ConnectorContract):
    connector = "line"
    scopes = ("profile",)
    exchange = documented({**TOKEN, "access_token": "bNFAKE", "refresh_token": "AaFAKE"})
    refresh = documented({**TOKEN, "access_token": "bNNEW", "refresh_token": "AaNEW"})
    accounts = {
        (ID, "Ana"): {ME: {"userId": ID, "displayName": "Ana", "statusMessage": "Hello"}},
        (ID, ID): {ME: {"userId": ID}},
    }
