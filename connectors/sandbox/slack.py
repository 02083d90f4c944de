"""Slack, seen from its own side: an app with token rotation, and without the switch for PKCE.

Sources: docs.slack.dev/authentication/installing-with-oauth, …/authentication/using-token-rotation,
…/authentication/using-pkce, …/reference/methods/oauth.v2.access, …/auth.test, …/auth.revoke; the
response types of Slack's own SDKs.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    Reason,
    Refusal,
    RefusedRequest,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)

_USER_SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "identify",
        "search:read",
        "team:read",
        "users:read",
        "users:read.email",
    }
)

_ERRORS: dict[Reason, str] = {
    "body": "invalid_post_type",
    "parameters": "invalid_arguments",
    "header": "invalid_arguments",
    "client": "bad_client_secret",
    "scope": "invalid_scope",
    "redirect_uri": "bad_redirect_uri",
    "verifier": "invalid_arguments",
    "code_unknown": "invalid_code",
    "code_used": "code_already_used",
    "code_expired": "invalid_code",
    "refresh_token_unknown": "invalid_refresh_token",
    "refresh_token_used": "invalid_refresh_token",
    "grant_revoked": "token_revoked",
    "token": "invalid_auth",
}

# The app's bot is a second party with tokens of its own. These are for show: no call takes them, so
# whoever keeps them in place of the person's finds out at once.
_BOT_ACCESS_TOKEN = "xoxe.xoxb-1-sandbox-opens-nothing"
_BOT_REFRESH_TOKEN = "xoxe-1-sandbox-renews-nothing"


def _account(user: str, name: str, team: str, domain: str, team_name: str) -> FictionalAccount:
    return FictionalAccount(
        key=f"{team}-{user}",
        label=f"{name} at {team_name} ({domain}.slack.com)",
        facts={
            "url": f"https://{domain}.slack.com/",
            "team": team_name,
            "user": name.split()[0].lower(),
            "team_id": team,
            "user_id": user,
            "is_enterprise_install": False,
        },
    )


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    facts = issued.account.facts
    team = {"id": facts["team_id"], "name": facts["team"]}
    tokens = {
        "access_token": issued.access_token,
        "token_type": "user",
        "refresh_token": issued.refresh_token,
        "expires_in": issued.expires_in,
    }
    if issued.is_refresh:
        return {"ok": True, **tokens, "team": team}
    user = {"id": facts["user_id"], "scope": ",".join(issued.scopes), **tokens}
    answer: dict[str, Any] = {"ok": True, "app_id": "A0SANDBOX", "authed_user": user}
    if bot_scopes := issued.params.get("scope"):
        answer |= {
            "scope": bot_scopes,
            "token_type": "bot",
            "access_token": _BOT_ACCESS_TOKEN,
            "refresh_token": _BOT_REFRESH_TOKEN,
            "expires_in": issued.expires_in,
            "bot_user_id": "U0SANDBOXBOT",
        }
    return answer | {"team": team, "enterprise": None, "is_enterprise_install": False}


def _error_answer(refused: RefusedRequest) -> Refusal:
    code = _ERRORS[refused.reason]
    if refused.endpoint == "token":
        if refused.error == "unsupported_grant_type":
            code = "invalid_grant_type"
        if refused.reason == "grant_revoked":
            code = "invalid_refresh_token"
    return Refusal(status=200, body={"ok": False, "error": code})


def _auth_test(call: ApiCall) -> dict[str, Any]:
    return {"ok": True, **call.account.facts}


PROVIDER = SimulatedProvider(
    name="slack",
    display_name="Slack",
    client_id="000000000000.sandbox",
    client_secret="sandbox-not-a-secret-00000000000",
    accounts=(
        _account("U0SANDBOX1", "Ana Diaz", "T0SANDBOX1", "acme", "Acme"),
        _account("U0SANDBOX2", "Ben Okoro", "T0SANDBOX1", "acme", "Acme"),
        _account("U0SANDBOX3", "Ana Diaz", "T0SANDBOX2", "side-project", "Side project"),
    ),
    authorize=AuthorizeRules(
        address="slack.com/oauth/v2/authorize",
        params=frozenset({"scope", "team"}),
        scope_param="user_scope",
        known_scopes=_USER_SCOPES,
        scope_separator=",",
        pkce="refused",
    ),
    token=TokenRules(
        address="slack.com/api/oauth.v2.access",
        client_auth="basic",
        body_format="form",
        exchange_params=frozenset({"grant_type?", "code", "redirect_uri"}),
        refresh_params=frozenset({"grant_type", "refresh_token"}),
    ),
    grant=GrantRules(
        access_token_prefix="xoxe.xoxp-1-sandbox",
        refresh_token_prefix="xoxe-1-sandbox",
        expires=lambda params: 43200,
        offline=lambda params, consented_before: True,
        rotation="strict",
        shared=True,
    ),
    revoke=RevokeRules(
        address="slack.com/api/auth.revoke",
        token="api_header",
        answer={"ok": True, "revoked": True},
    ),
    api=(ApiRules(address="slack.com/api/auth.test", answer=_auth_test, method="POST"),),
    api_hosts=frozenset({"slack.com"}),
    token_answer=_token_answer,
    error_answer=_error_answer,
)
