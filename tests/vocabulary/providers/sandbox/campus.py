"""Campus, seen from its own side."""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "campus",
    title="Campus",
    authorize="{campus.north.example|*.south.example}/login/oauth2/auth",
    token="{campus.north.example|*.south.example}/login/oauth2/token",
    revoke="{campus.north.example|*.south.example}/login/oauth2/revoke",
    api_base="{campus.north.example|*.south.example}/api/v1",
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=3600,
    scopes="read",
    accounts={("ana", "Ana"): {"id": "1", "name": "Ana"}},
    api={"/me": facts("id", "name")},
)
