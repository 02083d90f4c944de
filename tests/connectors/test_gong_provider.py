"""Gong's contract, by help.gong.io/docs/create-an-app-for-gong."""

from gateway.testing import AccountSample, ConnectorContract, documented

API = "https://company-17.api.gong.io"
TOKEN = {
    "token_type": "bearer",
    "expires_in": 86400,
    "scope": "api:calls:read:basic",
    "api_base_url_for_customer": API,
}


class TestGong(ConnectorContract):
    connector = "gong"
    scopes = ("api:calls:read:basic",)
    exchange = documented({**TOKEN, "access_token": "eyJFAKE", "refresh_token": "gFAKE"})
    refresh = documented({**TOKEN, "access_token": "eyJNEW", "refresh_token": "gNEW"})
    accounts = {(API, f"Company at {API}"): AccountSample(metadata={"api": API})}
    gaps = {
        "a scope that the person refuses is noticed": (
            "with one scope there is no answer that lists another, and no call that needs it"
        )
    }
