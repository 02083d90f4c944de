"""Vimeo, seen from its own side.

Sources: developer.vimeo.com/api/authentication,
developer.vimeo.com/api/reference/authentication-extras (revoke the current access token),
vimeo/vimeo.js.
"""

from connectors.sandbox import Refusal, RevokeRules, facts, rfc6749

PROVIDER = rfc6749(
    "vimeo",
    title="Vimeo",
    authorize="api.vimeo.com/oauth/authorize",
    token="api.vimeo.com/oauth/access_token",
    revoke=RevokeRules(address="api.vimeo.com/tokens", method="DELETE", token="api_header"),
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer=lambda issued: {"token_type": "bearer", "user": dict(issued.account.facts)},
    scopes="public private purchased create edit delete interact upload stats video_files",
    accounts={
        (uri, name): {"uri": uri, "name": name, "link": f"https://vimeo.com/{handle}"}
        for uri, name, handle in (
            ("/users/152184001", "Ana Diaz", "anasandbox"),
            ("/users/152184002", "Ben Okoro", "bensandbox"),
        )
    },
    api_base="api.vimeo.com",
    api={"/me": facts("uri", "name", "link")},
    api_refusal=Refusal(401, {"error": "You must provide a valid authenticated access token."}),
)
