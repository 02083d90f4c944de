"""Cove, seen from its own side."""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "cove",
    title="Cove",
    authorize="auth.cove.example/authorize",
    token="auth.cove.example/token",
    revoke="auth.cove.example/revoke",
    api_base="api.cove.example",
    api_auth=("authorization", "Basic "),
    client_auth="post",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=3600,
    scopes="read",
    accounts={("ana", "Ana"): {"id": "1", "name": "Ana"}},
    api={"/me": facts("id", "name")},
)
