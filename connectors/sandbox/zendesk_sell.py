"""Zendesk Sell, by developer.zendesk.com/api-reference/sales-crm: authentication, users.

What a refresh does to its token is not known: RFC 6749 is taken.
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_FORBIDDEN = Refusal(403, {"errors": [{"error": {"code": "insufficient_scope"}}]})

PROVIDER = rfc6749(
    "zendesk-sell",
    title="Zendesk Sell",
    authorize="api.getbase.com/oauth2/authorize",
    token="api.getbase.com/oauth2/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=86_400,
    scopes="read write profile sync",
    accounts={
        (str(key), name): {"data": {"id": key, "name": name, "email": email}}
        for key, name, email in (
            (3001, "Ana Diaz", "ana@acme.example"),
            (3002, "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.getbase.com/v2",
    api={"/users/self": needs("profile", _FORBIDDEN, facts("data"))},
)
