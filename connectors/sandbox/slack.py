"""Slack, seen from its own side: an app with token rotation, and without the switch for PKCE.

Sources: docs.slack.dev/authentication/installing-with-oauth, …/using-token-rotation, …/using-pkce;
…/reference/methods/oauth.v2.access, …/auth.test, …/auth.revoke; the response types of Slack's own
SDKs.
"""

from typing import Any

from connectors.sandbox import (
    ApiCall,
    IssuedTokens,
    Reason,
    Refusal,
    RefusedRequest,
    RevokeRules,
    rfc6749,
)

_ERRORS: dict[Reason, str] = {
    "body": "invalid_post_type",
    "client": "bad_client_secret",
    "scope": "invalid_scope",
    "redirect_uri": "bad_redirect_uri",
    "code_unknown": "invalid_code",
    "code_used": "code_already_used",
    "code_expired": "invalid_code",
    "refresh_token_unknown": "invalid_refresh_token",
    "refresh_token_used": "invalid_refresh_token",
    "token": "invalid_auth",
}
# The app's bot has its own tokens. No call takes these, so that a connector that keeps them in
# place of the person's fails.
_BOT = {
    "token_type": "bot",
    "access_token": "xoxe.xoxb-1-sandbox-opens-nothing",
    "refresh_token": "xoxe-1-sandbox-renews-nothing",
    "expires_in": 43200,
    "bot_user_id": "U0SANDBOXBOT",
}


def _account(user: str, name: str, team: str, domain: str, team_name: str) -> dict[str, Any]:
    person = {"user": name, "user_id": user, "is_enterprise_install": False}
    return {"url": f"https://{domain}.slack.com/", "team": team_name, "team_id": team, **person}


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
    bot = {"scope": issued.params["scope"], **_BOT} if issued.params.get("scope") else {}
    answer = {"ok": True, "app_id": "A0SANDBOX", "authed_user": user, **bot, "team": team}
    return {**answer, "enterprise": None, "is_enterprise_install": False}


def _error(refused: RefusedRequest) -> Refusal:
    code = _ERRORS.get(refused.reason, "invalid_arguments")
    if refused.reason == "grant_revoked":
        code = "invalid_refresh_token" if refused.endpoint == "token" else "token_revoked"
    if refused.error == "unsupported_grant_type":
        code = "invalid_grant_type"
    return Refusal(200, {"ok": False, "error": code})


def _auth_test(call: ApiCall) -> dict[str, Any]:
    return {"ok": True, **call.account.facts}


PROVIDER = rfc6749(
    "slack",
    title="Slack",
    authorize="slack.com/oauth/v2/authorize",
    token="slack.com/api/oauth.v2.access",
    revoke=RevokeRules(
        address="slack.com/api/auth.revoke",
        token="api_header",
        answer={"ok": True, "revoked": True},
    ),
    client_auth="basic",
    body_format="form",
    pkce="refused",
    rotation="strict",
    shared=True,
    expires_in=43200,
    token_answer=_token_answer,
    error_answer=_error,
    params={"scope", "team"},
    exchange_params={"grant_type?", "code", "redirect_uri"},
    scope_param="user_scope",
    scope_separator=",",
    scopes="channels:history channels:read chat:write identify reactions:write search:read "
    "team:read users:read users:read.email",
    accounts={
        ("T0SANDBOX1-U0SANDBOX1", "Ana Diaz at Acme (acme.slack.com)"): _account(
            "U0SANDBOX1", "ana", "T0SANDBOX1", "acme", "Acme"
        ),
        ("T0SANDBOX1-U0SANDBOX2", "Ben Okoro at Acme (acme.slack.com)"): _account(
            "U0SANDBOX2", "ben", "T0SANDBOX1", "acme", "Acme"
        ),
        ("T0SANDBOX2-U0SANDBOX3", "Ana Diaz at Side project (side-project.slack.com)"): _account(
            "U0SANDBOX3", "ana", "T0SANDBOX2", "side-project", "Side project"
        ),
    },
    api_base="slack.com/api",
    api={"POST /auth.test": _auth_test},
)
