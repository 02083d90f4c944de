"""Strava, seen from its own side.

Sources: developers.strava.com/docs/authentication, …/docs/reference (getLoggedInAthlete),
…/docs/oauth-updates.
"""

from typing import Any

from connectors.sandbox import (
    IssuedTokens,
    Refusal,
    RefusedRequest,
    RevokeRules,
    facts,
    needs,
    rfc6749,
)


def _fault(status: int, message: str, resource: str, field: str, code: str) -> Refusal:
    error = {"resource": resource, "field": field, "code": code}
    return Refusal(status, {"message": message, "errors": [error]})


def _error(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "revoke":
        return _fault(401, "Authorization Error", "Athlete", "access_token", "invalid")
    if refused.reason == "client":
        return _fault(401, "Authorization Error", "Application", "client_secret", "invalid")
    if refused.reason.startswith(("refresh_token", "grant")):
        return _fault(400, "Bad Request", "RefreshToken", "refresh_token", "invalid")
    if refused.reason.startswith(("code", "redirect_uri")):
        return _fault(400, "Bad Request", "AuthorizationCode", "code", "invalid")
    return _fault(400, "Bad Request", "Request", "", "invalid")


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    """The athlete, and no ``expires_at``: ``expires_in`` says the same."""
    return {} if issued.is_refresh else {"athlete": dict(issued.account.facts)}


PROVIDER = rfc6749(
    "strava",
    title="Strava",
    authorize="www.strava.com/oauth/authorize",
    token="www.strava.com/api/v3/oauth/token",
    revoke=RevokeRules(
        address="www.strava.com/oauth/deauthorize",
        token_param="access_token",
        accepts=frozenset({"access_token"}),
        reach="account",
    ),
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=21600,
    answer=_answer,
    answer_without={"scope"},
    error_answer=_error,
    params={"approval_prompt"},
    account_choice={"approval_prompt": "force"},
    required={"response_type": "code", "scope": None},
    scopes="read read_all profile:read_all profile:write activity:read activity:read_all "
    "activity:write",
    scope_separator=",",
    accounts={
        (str(number), name): {
            "id": number,
            "username": handle,
            "firstname": name.split()[0],
            "lastname": name.split()[1],
        }
        for number, handle, name in (
            (227615001, "ana_sandbox", "Ana Diaz"),
            (227615002, "ben_sandbox", "Ben Okoro"),
        )
    },
    api_base="www.strava.com/api/v3",
    api={
        "/athlete": needs(
            "read",
            _fault(401, "Authorization Error", "AccessToken", "read_permission", "missing"),
            facts("id", "username", "firstname", "lastname"),
        )
    },
    api_refusal=_fault(401, "Authorization Error", "Athlete", "access_token", "invalid"),
)
