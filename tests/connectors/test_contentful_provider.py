"""Contentful's contract, by contentful.com/developers/docs: OAuth, user."""

from gateway.testing import ConnectorContract, documented

ME = "api.contentful.com/users/me"
ID = "7BslKh9TdKGOK41VmLDjFZ"
ANA = {"sys": {"type": "User", "id": ID}, "firstName": "Ana", "lastName": "Diaz"}
TOKEN = {"token_type": "Bearer", "scope": "content_management_read"}


class TestContentful(ConnectorContract):
    connector = "contentful"
    scopes = ("content_management_read",)
    exchange = documented({**TOKEN, "access_token": "CFFAKE"})
    accounts = {
        (ID, "ana@acme.example"): {ME: {**ANA, "email": "ana@acme.example"}},
        (ID, "Ana"): {ME: ANA},
    }
