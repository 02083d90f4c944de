"""Airtable's contract. Source: https://airtable.com/developers/web/api/oauth-reference."""

from __future__ import annotations

from gateway.errors import ProviderRefused
from gateway.testing import ConnectorContract, ErrorSample, documented

WHOAMI = "api.airtable.com/v0/meta/whoami"


class TestAirtable(ConnectorContract):
    connector = "airtable"
    scopes = ("user.email:read", "schema.bases:read", "data.records:read")
    exchange = documented(
        {
            "access_token": "oaaFAKE.v1.x",
            "refresh_token": "oaaFAKE.v1.refresh.y",
            "token_type": "Bearer ",
            "scope": "data.records:read schema.bases:read",
            "expires_in": 3600,
            "refresh_expires_in": 5184000,
        }
    )
    refresh = documented(
        {
            "access_token": "oaaNEW.v1.x",
            "refresh_token": "oaaNEW.v1.refresh.y",
            "token_type": "Bearer ",
            "scope": "data.records:read",
            "expires_in": 3600,
            "refresh_expires_in": 5184000,
        }
    )
    accounts = {
        ("usrFAKE00000001", "ana@example.com"): {
            WHOAMI: {
                "id": "usrFAKE00000001",
                "email": "ana@example.com",
                "scopes": ["data.records:read", "user.email:read"],
            }
        },
        ("usrFAKE00000001", "usrFAKE00000001"): {WHOAMI: {"id": "usrFAKE00000001"}},
    }
    # "You recently refreshed a token": not dead.
    refusals = (ErrorSample(409, {"error": "conflict"}, ProviderRefused),)
