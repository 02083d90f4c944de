"""Twitch, seen from its own side.

Sources: dev.twitch.tv/docs/authentication/getting-tokens-oauth, …/refresh-tokens, …/revoke-tokens,
…/scopes, dev.twitch.tv/docs/api/reference (get users).
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, RefusedRequest, RevokeRules, rfc6749


def _error(refused: RefusedRequest) -> Refusal:
    if refused.reason == "client":
        return Refusal(403, {"status": 403, "message": "invalid client secret"})
    if refused.endpoint == "revoke":
        return Refusal(400, {"status": 400, "message": "Invalid token"})
    if refused.reason == "grant_revoked":
        return Refusal(401, {"status": 401, "message": "Invalid refresh token"})
    return Refusal(400, {"status": 400, "message": refused.description})


def _users(call: ApiCall) -> dict[str, Any]:
    return {"data": [dict(call.account.facts)]}


PROVIDER = rfc6749(
    "twitch",
    title="Twitch",
    authorize="id.twitch.tv/oauth2/authorize",
    token="id.twitch.tv/oauth2/token",
    revoke=RevokeRules(
        address="id.twitch.tv/oauth2/revoke",
        params=frozenset({"client_id"}),
        accepts=frozenset({"access_token"}),
    ),
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",  # the answer names a token; the rest is not documented
    expires_in=14124,
    answer=lambda issued: {"token_type": "bearer", "scope": list(issued.scopes)},
    error_answer=_error,
    params={"force_verify"},
    account_choice={"force_verify": "true"},
    required={"response_type": "code", "scope": None},
    scopes="user:read:follows user:read:email user:write:chat channel:manage:broadcast "
    "channel:read:subscriptions moderator:read:followers",
    accounts={
        (number, f"{name} ({login})"): {"id": number, "login": login, "display_name": name}
        for number, login, name in (
            ("141981701", "ana_sandbox", "Ana Diaz"),
            ("141981702", "ben_sandbox", "Ben Okoro"),
        )
    },
    api_base="api.twitch.tv/helix",
    api={"/users": _users},
    api_headers={"client-id": frozenset({"sandbox-twitch-client"})},
    api_refusal=Refusal(
        401, {"error": "Unauthorized", "status": 401, "message": "Invalid OAuth token"}
    ),
)
