"""Fitbit's Web API, by dev.fitbit.com/build/reference/web-api: authorization (authorize, token,
refresh, revoke), troubleshooting guide (errors), user (get profile)."""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, RefusedRequest, rfc6749


def _error(refused: RefusedRequest) -> Refusal:
    kind = "invalid_token" if refused.endpoint == "api" else refused.error
    said = {"errorType": kind, "message": refused.description}
    return Refusal(refused.status, {"errors": [said], "success": False})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"user_id": issued.account.facts["encodedId"]}


def _profile(call: ApiCall) -> dict[str, Any] | Refusal:
    if "profile" not in call.scopes:
        said = {"errorType": "insufficient_scope", "message": "…"}
        return Refusal(403, {"errors": [said], "success": False})
    return {"user": dict(call.account.facts)}


PROVIDER = rfc6749(
    "fitbit",
    title="Fitbit",
    authorize="www.fitbit.com/oauth2/authorize",
    token="api.fitbit.com/oauth2/token",
    revoke="api.fitbit.com/oauth2/revoke",
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=28800,
    answer=_answer,
    error_answer=_error,
    required={"response_type": "code", "scope": None},
    scopes="profile activity heartrate sleep weight nutrition settings location",
    accounts={
        ("ana", "Ana Diaz"): {"encodedId": "ABC12A", "fullName": "Ana Diaz", "displayName": "A."},
        ("ben", "Ben Okoro"): {"encodedId": "ABC12B", "displayName": "Ben O."},
    },
    api_base="api.fitbit.com",
    api={"/1/user/-/profile.json": _profile},
)
