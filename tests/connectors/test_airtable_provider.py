"""Airtable's contract. Source: https://airtable.com/developers/web/api/oauth-reference."""

from gateway.errors import ProviderRefused
from gateway.testing import ConnectorContract, ErrorSample, KeyContract, documented

WHOAMI = "api.airtable.com/v0/meta/whoami"


class TestAirtable(ConnectorContract):
    connector = "airtable"
    scopes = ("user.email:read", "schema.bases:read", "data.records:read")
    exchange = refresh = documented(
        {
            "access_token": "oaaFAKE.v1.x",
            "refresh_token": "oaaFAKE.v1.refresh.y",
            "token_type": "Bearer ",
            "scope": "data.records:read schema.bases:read",
            "expires_in": 3600,
            "refresh_expires_in": 5184000,
        }
    )
    accounts = {
        ("usrFAKE1", "ana@example.com"): {
            WHOAMI: {"id": "usrFAKE1", "email": "ana@example.com", "scopes": ["user.email:read"]}
        },
        ("usrFAKE1", "usrFAKE1"): {WHOAMI: {"id": "usrFAKE1"}},
    }
    refusals = (ErrorSample(409, {"error": "conflict"}, ProviderRefused),)  # refreshed just before


class TestAirtableKey(KeyContract):
    connector = "airtable"
    account = ("usrSandboxAna", "usrSandboxAna")  # its tokens are without user.email:read
    # A key of the old kind, and the id of a token without its secret.
    refused_inputs = {"key": ("keyAbCdEf01234567", "patAna1AbCdEf0123")}
