"""Atlassian's OAuth 2.0 (3LO) for Jira and Confluence, seen from its own side.

Sources: developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps,
…/cloud/oauth/getting-started/refresh-tokens, …/making-calls-to-api.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    Refusal,
    RefusedRequest,
    SimulatedProvider,
    TokenRules,
)

_JIRA = frozenset({"read:jira-work", "write:jira-work", "read:jira-user"})
_CONFLUENCE = frozenset({"read:confluence-content.all", "read:confluence-space.summary"})
_SITE_IDS = {
    "acme": "33333333-cccc-4000-8000-000000000301",
    "globex": "33333333-cccc-4000-8000-000000000302",
    "umbrella": "33333333-cccc-4000-8000-000000000303",
}


def _account(
    number: int, name: str, email: str, *sites: tuple[str, frozenset[str]]
) -> FictionalAccount:
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
    return FictionalAccount(
        key=account_id, label=f"{name} ({email})", facts={"person": person, "sites": sites}
    )


def _is_offline(params: Mapping[str, str], consented_before: bool) -> bool:
    return "offline_access" in params.get("scope", "").split(" ")


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "access_token": issued.access_token,
        "expires_in": issued.expires_in,
        "token_type": "Bearer",
        "scope": " ".join(issued.scopes),
    }
    if issued.refresh_token is not None:
        answer["refresh_token"] = issued.refresh_token
    return answer


def _wrong_scope() -> Refusal:
    return Refusal(status=401, body={"code": 401, "message": "Unauthorized; scope does not match"})


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    if "read:me" not in call.scopes:
        return _wrong_scope()
    return dict(call.account.facts["person"])


def _accessible_resources(call: ApiCall) -> list[Any]:
    """One entry for each product that something was granted for, so a site may come twice."""
    resources: list[Any] = []
    for name, product in call.account.facts["sites"]:
        if granted := [scope for scope in call.scopes if scope in product]:
            resources.append(
                {
                    "id": _SITE_IDS[name],
                    "name": name,
                    "url": f"https://{name}.atlassian.net",
                    "scopes": granted,
                    "avatarUrl": f"https://site-admin-avatar-cdn.example/{name}/240.png",
                }
            )
    return resources


def _jira(call: ApiCall) -> dict[str, Any] | Refusal:
    if _JIRA.isdisjoint(call.scopes):
        return _wrong_scope()
    person = call.account.facts["person"]
    return {
        "self": f"https://api.atlassian.com/ex/jira/user?accountId={person['account_id']}",
        "accountId": person["account_id"],
        "displayName": person["name"],
    }


def _error_answer(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api":
        return Refusal(status=401, body={"code": 401, "message": "Unauthorized"})
    if refused.reason == "grant_revoked":
        # Seen in the wild beside the documented answer below.
        body = {"error": "unauthorized_client", "error_description": "refresh_token is invalid"}
        return Refusal(status=403, body=body)
    if refused.reason in {"refresh_token_unknown", "refresh_token_used"}:
        # Not the 400 of RFC 6749, and the same words whatever the refresh token died of.
        description = "Unknown or invalid refresh token."
        body = {"error": "invalid_grant", "error_description": description}
        return Refusal(status=403, body=body)
    body = {"error": refused.error, "error_description": refused.description}
    return Refusal(status=refused.status, body=body)


PROVIDER = SimulatedProvider(
    name="atlassian",
    display_name="Atlassian",
    client_id="sandbox0000000000000000000000000",
    client_secret="ATOAsandbox-not-a-secret",
    accounts=(
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
    ),
    authorize=AuthorizeRules(
        address="auth.atlassian.com/authorize",
        params=frozenset({"audience", "prompt"}),
        required={"response_type": "code", "audience": "api.atlassian.com", "prompt": "consent"},
        known_scopes=frozenset({"read:me", "offline_access"}) | _JIRA | _CONFLUENCE,
        pkce="ignored",
    ),
    token=TokenRules(
        address="auth.atlassian.com/oauth/token",
        client_auth="post",
        body_format="json",
        exchange_params=frozenset({"grant_type", "code", "redirect_uri", "code_verifier?"}),
        refresh_params=frozenset({"grant_type", "refresh_token"}),
    ),
    grant=GrantRules(
        access_token_prefix="eyJsandbox.",
        refresh_token_prefix="eyJsandbox.refresh.",
        expires=lambda params: 3600,
        offline=_is_offline,
        rotation="replay",
        grace_seconds=600,
    ),
    api=(
        ApiRules(address="api.atlassian.com/me", answer=_me),
        ApiRules(
            address="api.atlassian.com/oauth/token/accessible-resources",
            answer=_accessible_resources,
        ),
        ApiRules(address="api.atlassian.com/ex/jira/*", answer=_jira),
    ),
    api_hosts=frozenset({"api.atlassian.com"}),
    token_answer=_token_answer,
    error_answer=_error_answer,
)
