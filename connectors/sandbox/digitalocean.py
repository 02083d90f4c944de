"""DigitalOcean, by docs.digitalocean.com/reference/api/oauth; django-allauth for the account.

What a refresh does to its token is not documented: RFC 6749 is taken.
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_FORBIDDEN = Refusal(403, {"id": "forbidden", "message": "You do not have access"})

PROVIDER = rfc6749(
    "digitalocean",
    title="DigitalOcean",
    authorize="cloud.digitalocean.com/v1/oauth/authorize",
    token="cloud.digitalocean.com/v1/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=2_592_000,
    api_refusal=Refusal(401, {"id": "unauthorized", "message": "Unable to authenticate you"}),
    answer={"token_type": "bearer"},
    scopes="read write",
    accounts={
        (key, name): {
            "account": {"uuid": key, "name": name, "email": email, "team": {"uuid": "team-sandbox"}}
        }
        for key, name, email in (
            ("b6fr89dbf6d9156cace5f3c78dc9851d957381e1", "Ana Diaz", "ana@acme.example"),
            ("b6fr89dbf6d9156cace5f3c78dc9851d957381e2", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.digitalocean.com/v2",
    api={"/account": needs("read", _FORBIDDEN, facts("account"))},
)
