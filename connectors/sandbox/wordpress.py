<<<<<<< HEAD
"""WordPress.com, by developer.wordpress.com/docs/api/oauth2 and its published metadata
(public-api.wordpress.com/.well-known/openid-configuration).
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_NO_SCOPE = Refusal(403, {"error": "insufficient_scope", "message": "openid is required"})
=======
"""WordPress.com, by developer.wordpress.com/docs/oauth2 and …/docs/api/1.1/get/me."""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_FORBIDDEN = Refusal(403, {"error": "unauthorized", "message": "This call needs the scope global"})
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)

PROVIDER = rfc6749(
    "wordpress",
    title="WordPress.com",
<<<<<<< HEAD
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
=======
    authorize="public-api.wordpress.com/oauth2/authorize",
    token="public-api.wordpress.com/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer={"token_type": "bearer", "blog_id": "0", "blog_url": "https://wordpress.com"},
    api_refusal=Refusal(400, {"error": "invalid_token", "message": "The OAuth2 token is invalid."}),
    scopes="global auth posts sites media",
    accounts={
        (str(key), name): {
            "ID": key,
            "display_name": name,
            "username": login,
            "email": f"{login}@acme.example",
        }
        for key, name, login in ((5001, "Ana Diaz", "ana"), (5002, "Ben Okoro", "ben"))
    },
    api_base="public-api.wordpress.com/rest/v1.1",
    api={"/me": needs("global", _FORBIDDEN, facts("ID", "display_name", "username", "email"))},
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
)
