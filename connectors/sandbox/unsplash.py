"""Unsplash, seen from its own side.

Sources: unsplash.com/documentation (user authentication, permission scopes, current user).
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

PROVIDER = rfc6749(
    "unsplash",
    title="Unsplash",
    authorize="unsplash.com/oauth/authorize",
    token="unsplash.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer={"token_type": "bearer", "created_at": 1_500_000_000},
    required={"response_type": "code", "scope": None},
    scopes="public read_user write_user read_photos write_photos write_likes write_followers "
    "read_collections write_collections",
    accounts={
        (key, f"{name} ({key})"): {
            "id": f"{key}-0001",
            "username": key,
            "email": f"{key}@acme.example",
        }
        for key, name in (("anasandbox", "Ana Diaz"), ("bensandbox", "Ben Okoro"))
    },
    api_base="api.unsplash.com",
    api={
        "/me": needs(
            "read_user",
            Refusal(403, {"errors": ["You are missing the scope read_user"]}),
            facts("id", "username", "email"),
        )
    },
    api_refusal=Refusal(401, {"errors": ["OAuth error: The access token is invalid"]}),
)
