"""Zone's contract. Source: https://docs.zone.example/oauth."""

from pathlib import Path

from gateway.testing import AccountSample, ConnectorContract, Person, documented

TOKEN = {
    "access_token": "FAKE",
    "refresh_token": "FAKE",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "read write",
}


class TestZone(ConnectorContract):
    folder = Path(__file__).parents[1]
    connector = "zone"
    scopes = ("read", "write")
    people = (Person(account="ana", typed={"dc": "eu"}), Person(account="ben", typed={"dc": "in"}))
    accepted_inputs = {"dc": {"eu": "eu", "in": "in", " EU ": "eu"}}
    refused_inputs = {"dc": ("", "mars", "accounts.zone.eu", "eu.evil")}
    exchange = refresh = documented(TOKEN, scopes=scopes)
    accounts = {("1", "Ana"): AccountSample({"www.zoneapis.eu/v1/me": {"id": "1", "name": "Ana"}})}
