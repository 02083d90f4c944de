"""Bitbucket Cloud, seen from its own side: a consumer with account and repository.

Sources: developer.atlassian.com/cloud/bitbucket/oauth-2, …/cloud/bitbucket/rest/api-group-users.
"""

from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, facts, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    grant = "refresh_token" if issued.is_refresh else "authorization_code"
    return {"scopes": "account repository", "token_type": "bearer", "state": grant}


PROVIDER = rfc6749(
    "bitbucket",
    title="Bitbucket",
    authorize="bitbucket.org/site/oauth2/authorize",
    token="bitbucket.org/site/oauth2/access_token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",  # the documentation does not say; this is the hardest for a client
    expires_in=7200,
    answer=_answer,
    scopes="",
    accounts={
        (nick, f"{name} ({nick})"): {
            "type": "user",
            "uuid": f"{{{number:08}-0000-4000-8000-000000000000}}",
            "username": nick,
            "display_name": name,
        }
        for nick, number, name in (("ana", 51, "Ana Diaz"), ("ben", 52, "Ben Okoro"))
    },
    api_base="api.bitbucket.org/2.0",
    api={"/user": facts("type", "uuid", "username", "display_name")},
    api_refusal=Refusal(
        401, {"type": "error", "error": {"message": "Access token expired. Use your refresh token"}}
    ),
)
