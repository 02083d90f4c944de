"""Close, by developer.close.com: OAuth authentication, "Fetch information about yourself"."""

from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, facts, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {
        "organization_id": issued.account.facts["organization"],
        "user_id": issued.account.facts["id"],
    }


PROVIDER = rfc6749(
    "close",
    title="Close",
    authorize="app.close.com/oauth2/authorize/",
    token="api.close.com/oauth2/token/",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=3600,
    offline="offline_access",
    answer=_answer,
    scopes="all.full_access offline_access",
    accounts={
        (f"{organization}:{user}", f"{email} ({organization})"): {
            "organization": organization,
            "id": user,
            "email": email,
            "first_name": name,
        }
        for organization, user, email, name in (
            ("orga_sandbox1", "user_sandbox1", "ana@acme.example", "Ana Diaz"),
            ("orga_sandbox2", "user_sandbox1", "ana@acme.example", "Ana Diaz"),
            ("orga_sandbox2", "user_sandbox2", "ben@globex.example", "Ben Okoro"),
        )
    },
    api_base="api.close.com/api/v1",
    api={"/me/": facts("id", "email", "first_name")},
    api_refusal=Refusal(401, {"error": "The access token is invalid or has expired."}),
)
