"""WordPress.com, by developer.wordpress.com/docs/api/oauth2 and its published metadata
(public-api.wordpress.com/.well-known/openid-configuration).
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_NO_SCOPE = Refusal(403, {"error": "insufficient_scope", "message": "openid is required"})

PROVIDER = rfc6749(
    "wordpress",
    title="WordPress.com",
    authorize="public-api.wordpress.com/oauth2-1/authorize",
    token="public-api.wordpress.com/oauth2-1/token",
    revoke="public-api.wordpress.com/oauth2-1/revoke",
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=1_209_600,
    scopes="global auth openid profile email users sites posts comments taxonomy follow sharing "
    "notifications read stats media menus videos",
    accounts={
        (number, name): {"sub": number, "name": name, "preferred_username": user}
        for number, name, user in (
            ("2001", "Ana Diaz", "anadiaz"),
            ("2002", "Ben Okoro", "benokoro"),
        )
    },
    api_base="public-api.wordpress.com",
    api={
        "/oauth2-1/userinfo": needs(
            "openid", _NO_SCOPE, facts("sub", name="profile", preferred_username="profile")
        )
    },
    api_refusal=Refusal(400, {"error": "invalid_token", "message": "The OAuth2 token is invalid."}),
)
