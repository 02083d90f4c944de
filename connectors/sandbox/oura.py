"""Oura, by cloud.ouraring.com/docs/authentication and …/v2/docs: personal info."""

from connectors.sandbox import Refusal, facts, needs, rfc6749


def _refusal(status: int, title: str) -> Refusal:
    return Refusal(status, {"status": status, "title": title, "detail": "Refused"})


PROVIDER = rfc6749(
    "oura",
    title="Oura",
    authorize="cloud.ouraring.com/oauth/authorize",
    token="api.ouraring.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=86_400,
    scopes="email personal daily heartrate workout tag session",
    accounts={
        (user, name): {"id": user, "email": email}
        for user, name, email in (
            ("sandbox-ana", "Ana Diaz", "ana@acme.example"),
            ("sandbox-ben", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.ouraring.com/v2/usercollection",
    api={
        "/personal_info": needs("personal", _refusal(403, "Forbidden"), facts("id", email="email"))
    },
    api_refusal=_refusal(401, "Unauthorized"),
)
