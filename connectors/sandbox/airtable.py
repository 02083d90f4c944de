"""Airtable, by airtable.com/developers/web/api/oauth-reference and …/get-user-id-scopes."""

from typing import Any

from connectors.sandbox import ApiCall, KeyRules, Place, Refusal, facts, rfc6749


def _whoami(call: ApiCall) -> dict[str, Any]:
    told = facts("id", email="user.email:read")(call)
    # Of the two personal tokens below, the second has the scope. No scopes are listed for a key.
    has_scope = not call.scopes and call.account.key == "usrSandboxAcme"
    return {**told, "email": call.account.facts["email"]} if has_scope else told


PROVIDER = rfc6749(
    "airtable",
    title="Airtable",
    authorize="airtable.com/oauth2/v1/authorize",
    token="airtable.com/oauth2/v1/token",
    revoke="airtable.com/oauth2/v1/revoke",  # not in the reference; production clients call it
    client_auth="basic",  # the integration has a secret
    body_format="form",
    pkce="required",
    rotation="strict",
    ends_access_token=True,
    expires_in=3600,
    answer={"token_type": "Bearer ", "refresh_expires_in": 5_184_000},  # the space is intentional
    scopes="data.records:read data.records:write schema.bases:read schema.bases:write "
    "user.email:read webhook:manage",
    accounts={
        (f"usrSandbox{name}", email): {"id": f"usrSandbox{name}", "email": email}
        for name, email in (("Ana", "ana.diaz@example.com"), ("Acme", "ana@acme.example"))
    },
    api_base="api.airtable.com/v0",
    api={"/meta/whoami": _whoami},
    api_refusal=Refusal(
        401, {"error": {"type": "AUTHENTICATION_REQUIRED", "message": "Authentication required"}}
    ),
    keys=KeyRules(  # personal access tokens
        held={
            "usrSandboxAna": {"key": "patAna1AbCdEf0123.1a2b3c4d5e6f7081" + "92a3b4c5d6e7f809" * 3},
            "usrSandboxAcme": {
                "key": "patAcm2AbCdEf0123.2b3c4d5e6f708192" + "a3b4c5d6e7f8091a" * 3
            },
        },
        place=Place(headers={"authorization": "Bearer {key}"}),
    ),
)
