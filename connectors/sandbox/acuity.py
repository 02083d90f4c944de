"""Acuity Scheduling, by developers.acuityscheduling.com: OAuth 2, me."""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_FORBIDDEN = Refusal(403, {"status_code": 403, "error": "forbidden"})

PROVIDER = rfc6749(
    "acuity",
    title="Acuity Scheduling",
    authorize="acuityscheduling.com/oauth2/authorize",
    token="acuityscheduling.com/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    api_refusal=Refusal(401, {"status_code": 401, "error": "unauthorized"}),
    scopes="api-v1",
    accounts={
        (str(key), name): {"id": key, "name": name, "email": email}
        for key, name, email in (
            (11001, "Ana Diaz", "ana@acme.example"),
            (11002, "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="acuityscheduling.com/api/v1",
    api={"/me": needs("api-v1", _FORBIDDEN, facts("id", "name", "email"))},
)
