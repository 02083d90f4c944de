"""Splitwise, by dev.splitwise.com: authentication, get_current_user."""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "splitwise",
    title="Splitwise",
    authorize="secure.splitwise.com/oauth/authorize",
    token="secure.splitwise.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    api_refusal=Refusal(401, {"error": "Invalid API request: you are not logged in"}),
    scopes="",
    accounts={
        (str(key), name): {"user": {"id": key, "first_name": name.split()[0], "email": email}}
        for key, name, email in (
            (61, "Ana Diaz", "ana@acme.example"),
            (62, "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="secure.splitwise.com/api/v3.0",
    api={"/get_current_user": facts("user")},
)
