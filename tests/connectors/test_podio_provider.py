"""Podio's contract, by developers.podio.com/authentication and …/doc/users: status."""

from gateway.testing import ConnectorContract, documented

STATUS = "api.podio.com/user/status"
TOKEN = {
    "token_type": "bearer",
    "expires_in": 28800,
    "scope": "global:read",
    "ref": {"type": "user", "id": 999999},
    "refresh_token": "prFAKE",
}


class TestPodio(ConnectorContract):
    connector = "podio"
    scopes = ("global:read",)
    exchange = documented({**TOKEN, "access_token": "pFAKE"})
    refresh = documented({**TOKEN, "access_token": "pNEW"})
    accounts = {
        ("999999", "ana@acme.example"): {
            STATUS: {"user": {"user_id": 999999, "mail": "ana@acme.example"}}
        },
        ("999999", "Ana Diaz"): {
            STATUS: {"user": {"user_id": 999999}, "profile": {"name": "Ana Diaz"}}
        },
    }
