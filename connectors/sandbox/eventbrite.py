"""Eventbrite, seen from its own side.

Sources: eventbrite.com/platform/api (authentication, retrieve information about your user account),
nextauthjs/next-auth providers/eventbrite.
"""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "eventbrite",
    title="Eventbrite",
    authorize="www.eventbrite.com/oauth/authorize",
    token="www.eventbrite.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer={"token_type": "bearer"},
    scopes="",
    accounts={
        (number, f"{name} ({email})"): {
            "id": number,
            "name": name,
            "emails": [{"email": email, "verified": True, "primary": True}],
        }
        for number, name, email in (
            ("1447230000001", "Ana Diaz", "ana.diaz@example.com"),
            ("1447230000002", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="www.eventbriteapi.com/v3",
    api={"/users/me/": facts("id", "name", "emails")},
    api_refusal=Refusal(
        401,
        {
            "status_code": 401,
            "error": "INVALID_AUTH",
            "error_description": "The OAuth token you provided was invalid.",
        },
    ),
)
