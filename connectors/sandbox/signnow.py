"""SignNow, by docs.signnow.com (OAuth 2.0, user) and SignNow's own Postman collection."""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "signnow",
    title="SignNow",
    authorize="app.signnow.com/authorize",
    token="api.signnow.com/oauth2/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="refused",
    rotation="strict",
    expires_in=2_592_000,
    answer={"scope": "*", "last_login": 1_764_000_000},
    scopes="",
    accounts={
        (key, f"{name} ({email})"): {"id": key, "primary_email": email, "first_name": name}
        for key, name, email in (
            ("5ac54d6adefb2f0000000001", "Ana Diaz", "ana@acme.example"),
            ("5ac54d6adefb2f0000000002", "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="api.signnow.com",
    api={"/user": facts("id", "primary_email", "first_name")},
    api_refusal=Refusal(401, {"error": "invalid_token", "code": 1537}),
)
