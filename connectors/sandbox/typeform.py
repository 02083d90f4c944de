"""Typeform, seen from its own side.

Sources: typeform.com/developers/get-started/applications, …/get-started/scopes, …/create/reference
(retrieve your own account). The life of a token: Typeform/js-api-client#53.
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

PROVIDER = rfc6749(
    "typeform",
    title="Typeform",
    authorize="api.typeform.com/oauth/authorize",
    token="api.typeform.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="refused",  # not documented: an unknown parameter
    rotation="strict",  # not documented either; this is the hardest for a client
    expires_in=604_800,
    offline="offline",
    answer={"token_type": "bearer"},
    answer_without={"scope"},
    scopes="accounts:read forms:read forms:write responses:read responses:write webhooks:read "
    "webhooks:write workspaces:read images:read themes:read offline",
    required={"response_type": "code", "scope": None},
    accounts={
        (number, f"{alias} ({email})"): {
            "user_id": number,
            "alias": alias,
            "email": email,
            "language": "en",
        }
        for number, alias, email in (
            ("01SANDBOXANA", "Ana Diaz", "ana.diaz@example.com"),
            ("01SANDBOXBEN", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.typeform.com",
    api={
        "/me": needs(
            "accounts:read",
            Refusal(403, {"code": "INVALID_SCOPE", "description": "Required scope: accounts:read"}),
            facts("user_id", "alias", "email", "language"),
        )
    },
    api_refusal=Refusal(
        403,
        {"code": "AUTHENTICATION_FAILED", "description": "Authentication credentials not found"},
    ),
)
