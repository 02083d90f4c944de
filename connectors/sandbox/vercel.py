"""Vercel, by vercel.com/docs/sign-in-with-vercel (authorization server API, tokens) and by its
metadata, vercel.com/.well-known/oauth-authorization-server."""

from connectors.sandbox import Refusal, facts, needs, rfc6749

PROVIDER = rfc6749(
    "vercel",
    title="Vercel",
    authorize="vercel.com/oauth/authorize",
    token="api.vercel.com/login/oauth/token",
    revoke="api.vercel.com/login/oauth/token/revoke",
    client_auth="basic",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=3600,
    offline="offline_access",
    issuer="https://vercel.com",
    issuer_advertised=True,
    params={"nonce", "prompt"},
    scopes="openid email profile offline_access",
    accounts={
        (sub, name): {"sub": sub, "email": f"{user}@example.com", "preferred_username": user}
        for sub, name, user in (
            ("sandboxAna", "Ana Diaz", "ana"),
            ("sandboxBen", "Ben Okoro", "ben"),
        )
    },
    api_base="api.vercel.com",
    api={
        "/login/oauth/userinfo": needs(
            "openid",
            Refusal(403, {"error": "insufficient_scope"}),
            facts("sub", email="email", preferred_username="profile"),
        )
    },
    api_refusal=Refusal(403, {"error": {"code": "forbidden", "message": "Not authorized"}}),
)
