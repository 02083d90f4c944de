"""Coinbase, by docs.cdp.coinbase.com/coinbase-app: OAuth2 (integrations, tokens, scopes), user."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749

_NO_SCOPE = Refusal(
    403, {"errors": [{"id": "invalid_scope", "message": "Invalid scope: wallet:user:read"}]}
)


def _user(call: ApiCall) -> dict[str, Any]:
    return {"data": dict(call.account.facts)}


PROVIDER = rfc6749(
    "coinbase",
    title="Coinbase",
    authorize="login.coinbase.com/oauth2/auth",
    token="login.coinbase.com/oauth2/token",
    revoke="login.coinbase.com/oauth2/revoke",
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=3600,
    offline="offline_access",
    scopes="wallet:user:read wallet:user:email wallet:accounts:read wallet:transactions:read "
    "wallet:addresses:read offline_access",
    scope_separator=",",
    accounts={
        (key, f"{name} ({email})"): {"id": key, "name": name, "email": email}
        for key, name, email in (
            ("9da7a204-544e-5fd1-9a12-61176c5d4cd8", "Ana Diaz", "ana@acme.example"),
            ("9da7a204-544e-5fd1-9a12-61176c5d4cd9", "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="api.coinbase.com/v2",
    api={"/user": needs("wallet:user:read", _NO_SCOPE, _user)},
    api_refusal=Refusal(
        401, {"errors": [{"id": "invalid_token", "message": "The access token is invalid"}]}
    ),
)
