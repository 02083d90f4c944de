"""Atlassian's OAuth 2.0 (3LO) for Jira and Confluence, seen from its own side.

Sources: developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps,
…/cloud/oauth/getting-started/refresh-tokens, …/making-calls-to-api.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, RefusedRequest, rfc6749

_JIRA = frozenset({"read:jira-work", "write:jira-work", "read:jira-user"})
_CONFLUENCE = frozenset({"read:confluence-content.all", "read:confluence-space.summary"})
_SITES = {"acme": 301, "globex": 302, "umbrella": 303}
_WRONG_SCOPE = Refusal(401, {"code": 401, "message": "Unauthorized; scope does not match"})


def _account(
    number: int, name: str, email: str, *sites: tuple[str, frozenset[str]]
) -> dict[str, Any]:
    """An account; each of ``sites`` is a site's name and the scopes of one product on it."""
    account_id = f"55aa0000000000000000{number:04}"
    person = {
        "account_type": "atlassian",
        "account_id": account_id,
        "email": email,
        "name": name,
        "picture": f"https://avatar-management.example/{account_id}/128",
        "account_status": "active",
        "nickname": name.partition(" ")[0],
        "zoneinfo": "Europe/Madrid",
        "locale": "en-US",
    }
    return {"person": person, "sites": sites}


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    return dict(call.account.facts["person"]) if "read:me" in call.scopes else _WRONG_SCOPE


def _accessible_resources(call: ApiCall) -> list[Any]:
    """One entry for each product with a granted scope, so a site may come twice."""
    return [
        {
            "id": f"33333333-cccc-4000-8000-000000000{_SITES[name]}",
            "name": name,
            "url": f"https://{name}.atlassian.net",
            "scopes": granted,
            "avatarUrl": f"https://site-admin-avatar-cdn.example/{name}/240.png",
        }
        for name, product in call.account.facts["sites"]
        if (granted := [scope for scope in call.scopes if scope in product])
    ]


def _jira(call: ApiCall) -> dict[str, Any] | Refusal:
    if _JIRA.isdisjoint(call.scopes):
        return _WRONG_SCOPE
    person = call.account.facts["person"]
    link = f"https://api.atlassian.com/ex/jira/user?accountId={person['account_id']}"
    return {"self": link, "accountId": person["account_id"], "displayName": person["name"]}


def _error(refused: RefusedRequest) -> Refusal:
    if refused.reason == "grant_revoked":
        # Seen in the wild, in addition to the documented answer below.
        body = {"error": "unauthorized_client", "error_description": "refresh_token is invalid"}
        return Refusal(403, body)
    if refused.reason in {"refresh_token_unknown", "refresh_token_used"}:
        # Not the 400 of RFC 6749, and the same words for each death of a refresh token.
        description = "Unknown or invalid refresh token."
        return Refusal(403, {"error": "invalid_grant", "error_description": description})
    return refused.standard


PROVIDER = rfc6749(
    "atlassian",
    title="Atlassian",
    authorize="auth.atlassian.com/authorize",
    token="auth.atlassian.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="json",
    pkce="ignored",
    rotation="replay",
    grace_seconds=600,
    expires_in=3600,
    offline="offline_access",
    error_answer=_error,
    required={"response_type": "code", "audience": "api.atlassian.com", "prompt": "consent"},
    scopes=" ".join(("read:me", "offline_access", *_JIRA, *_CONFLUENCE)),
    accounts={
        (
            facts["person"]["account_id"],
            f"{facts['person']['name']} ({facts['person']['email']})",
        ): facts
        for facts in (
            _account(501, "Ana Diaz", "ana@acme.example", ("acme", _JIRA)),
            _account(
                502,
                "Ben Okoro",
                "ben@globex.example",
                ("globex", _JIRA),
                ("globex", _CONFLUENCE),
                ("umbrella", _JIRA),
            ),
            _account(503, "Cleo Martin", "cleo.martin@example.com"),  # no site at all
        )
    },
    api_base="api.atlassian.com",
    api={
        "/me": _me,
        "/oauth/token/accessible-resources": _accessible_resources,
        "/ex/jira/*": _jira,
    },
    api_refusal=Refusal(401, {"code": 401, "message": "Unauthorized"}),
)
