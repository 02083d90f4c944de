"""Airtable, seen from its own side.

Sources: airtable.com/developers/web/api/oauth-reference, …/get-user-id-scopes. The revocation
endpoint is not in that reference; it is what production clients call.
"""

from __future__ import annotations

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "airtable",
    title="Airtable",
    authorize="airtable.com/oauth2/v1/authorize",
    token="airtable.com/oauth2/v1/token",
    revoke="airtable.com/oauth2/v1/revoke",
    client_auth="basic",  # the integration has a secret
    body_format="form",
    pkce="required",
    rotation="strict",
    ends_access_token=True,
    expires_in=3600,
    # The space after "Bearer" is documented as intentional.
    answer={"token_type": "Bearer ", "refresh_expires_in": 60 * 24 * 3600},
    scopes={
        "data.records:read",
        "data.records:write",
        "schema.bases:read",
        "schema.bases:write",
        "user.email:read",
        "webhook:manage",
    },
    accounts={
        (f"usrSandbox000000{number}", email): {"id": f"usrSandbox000000{number}", "email": email}
        for number, email in enumerate(
            ("ana.diaz@example.com", "ana@acme.example", "ben.okoro@example.com"), 1
        )
    },
    api_base="api.airtable.com/v0",
    api={"/meta/whoami": facts("id", email="user.email:read")},
    api_refusal=Refusal(
        401, {"error": {"type": "AUTHENTICATION_REQUIRED", "message": "Authentication required"}}
    ),
)
