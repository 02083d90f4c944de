"""YNAB, by api.ynab.com (OAuth applications, user) and django-allauth.

What a refresh does to its token is not known: RFC 6749 is taken.
"""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "ynab",
    title="YNAB",
    authorize="app.ynab.com/oauth/authorize",
    token="app.ynab.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=7200,
    answer_without={"scope"},
    api_refusal=Refusal(
        401, {"error": {"id": "401", "name": "unauthorized", "detail": "Unauthorized"}}
    ),
    scopes="read-only",
    accounts={
        (key, name): {"data": {"user": {"id": key}}}
        for key, name in (
            ("6ba7b810-0000-4000-8000-000000000001", "Ana Diaz"),
            ("6ba7b810-0000-4000-8000-000000000002", "Ben Okoro"),
        )
    },
    api_base="api.ynab.com/v1",
    api={"/user": facts("data")},
)
