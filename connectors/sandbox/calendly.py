"""Calendly, seen from its own side: a web app.

Sources: developer.calendly.com/api-docs (get access token, revoke access/refresh token, get current
user), developer.calendly.com/how-to-access-calendly-data-on-behalf-of-authenticated-users,
…/scopes.
"""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, RevokeRules, needs, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    known = issued.account.facts
    owner = {"owner": known["uri"], "organization": known["current_organization"]}
    return {"token_type": "Bearer", "created_at": 1_500_000_000, **owner}


def _me(call: ApiCall) -> dict[str, Any]:
    return {"resource": dict(call.account.facts)}


def _api_error(title: str, message: str) -> dict[str, str]:
    return {"title": title, "message": message}


PROVIDER = rfc6749(
    "calendly",
    title="Calendly",
    authorize="auth.calendly.com/oauth/authorize",
    token="auth.calendly.com/oauth/token",
    revoke=RevokeRules(address="auth.calendly.com/oauth/revoke", client_auth="post"),
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=7200,
    answer=_answer,
    scopes="users:read event_types:read event_types:write scheduled_events:read "
    "scheduled_events:write availability:read organizations:read webhooks:write",
    accounts={
        (name[:3].lower(), f"{name} ({email})"): {
            "uri": f"https://api.calendly.com/users/SANDBOX{name[:3].upper()}",
            "name": name,
            "email": email,
            "current_organization": "https://api.calendly.com/organizations/SANDBOXACME",
        }
        for name, email in (
            ("Ana Diaz", "ana.diaz@example.com"),
            ("Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.calendly.com",
    api={
        "/users/me": needs(
            "users:read",
            Refusal(403, _api_error("Permission Denied", "You do not have the required scopes")),
            _me,
        )
    },
    api_refusal=Refusal(401, _api_error("Unauthenticated", "The access token expired")),
)
