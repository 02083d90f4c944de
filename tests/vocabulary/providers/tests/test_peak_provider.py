"""Peak's contract. Source: https://docs.peak.example/oauth."""

from pathlib import Path

from gateway.testing import AccountSample, ConnectorContract, Person, documented

TOKEN = {
    "access_token": "FAKE",
    "refresh_token": "FAKE",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "read write",
}


class TestPeak(ConnectorContract):
    folder = Path(__file__).parents[1]
    connector = "peak"
    scopes = ("read", "write")
    people = (
        Person(account="ana", typed={"host": "acme.my.peak.example"}),
        Person(account="ben", typed={"host": "globex.sandbox.my.peak.example"}),
    )
    accepted_inputs = {
        "host": {
            "acme.my.peak.example": "acme.my.peak.example",
            "https://Login.peak.example/": "login.peak.example",
        }
    }
    refused_inputs = {
        "host": ("", "evil.example", "a@b", "..my.peak.example", "login.peak.example:8443")
    }
    exchange = refresh = documented(TOKEN, scopes=scopes)
    accounts = {
        ("1", "Ana"): AccountSample(
            {"acme.my.peak.example/services/me": {"id": "1", "name": "Ana"}}
        )
    }
