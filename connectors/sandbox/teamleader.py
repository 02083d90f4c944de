"""Teamleader Focus, by developer.focus.teamleader.eu: authentication, users.me."""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "teamleader",
    title="Teamleader Focus",
    authorize="focus.teamleader.eu/oauth2/authorize",
    token="focus.teamleader.eu/oauth2/access_token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=3600,
    scopes="",
    accounts={
        (key, name): {"data": {"id": key, "first_name": name.split()[0], "email": email}}
        for key, name, email in (
            ("87982c93-0000-4000-8000-000000000001", "Ana Diaz", "ana@acme.example"),
            ("87982c93-0000-4000-8000-000000000002", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.focus.teamleader.eu",
    api={"POST /users.me": facts("data")},
)
