"""Attio's contract, by docs.attio.com/docs/oauth/token and …/rest-api: identify."""

from gateway.testing import ConnectorContract, documented

SELF = "api.attio.com/v2/self"
ID = "14beef7a-99f7-4534-a87e-70b564330a4c"
ACME = {
    "active": True,
    "scope": "object_configuration:read record_permission:read",
    "token_type": "Bearer",
    "exp": None,
    "sub": ID,
    "iss": "attio.com",
    "workspace_id": ID,
}


class TestAttio(ConnectorContract):
    connector = "attio"
    scopes = ()
    exchange = documented({"access_token": "FAKE", "token_type": "Bearer"})
    accounts = {(ID, "Acme"): {SELF: {**ACME, "workspace_name": "Acme"}}, (ID, ID): {SELF: ACME}}
