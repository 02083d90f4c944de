"""Deel's contract, by developer.deel.com: OAuth2, people."""

from gateway.testing import ConnectorContract, documented

ME = "api.letsdeel.com/rest/v2/people/me"
ID = "27e5e9a5-0d0b-4f0c-9f0e-6a4b2f8d0c11"
TOKEN = {"token_type": "Bearer", "expires_in": 2592000, "scope": "people:read contracts:read"}


class TestDeel(ConnectorContract):
    connector = "deel"
    scopes = ("people:read", "contracts:read")
    exchange = documented({**TOKEN, "access_token": "deFAKE", "refresh_token": "derFAKE"})
    refresh = documented({**TOKEN, "access_token": "deNEW", "refresh_token": "derNEW"})
    accounts = {
        (ID, "ana@acme.example"): {ME: {"data": {"id": ID, "email": "ana@acme.example"}}},
        (ID, "Ana Diaz"): {ME: {"data": {"id": ID, "full_name": "Ana Diaz"}}},
    }
