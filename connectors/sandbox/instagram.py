"""Instagram, by developers.facebook.com/documentation/instagram-platform: business login, access
token, refresh access token, me. PKCE is not documented."""

from typing import Any

from connectors.sandbox import (
    IssuedTokens,
    LongLivedRules,
    Refusal,
    RefusedRequest,
    facts,
    needs,
    rfc6749,
)

_DEAD = {"token", "refresh_token_unknown", "refresh_token_used", "grant_revoked"}


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    """The token of the code, which lives for an hour, or a long-lived one."""
    token = {"access_token": issued.access_token, "refresh_token": issued.refresh_token}
    if issued.expires_in == 3600:
        user = issued.account.facts["user_id"]
        said = {**token, "user_id": user, "permissions": list(issued.scopes)}
    else:
        said = {**token, "token_type": "bearer", "expires_in": issued.expires_in}
    return {name: value for name, value in said.items() if value is not None}


def _graph_error(status: int, code: int, message: str) -> Refusal:
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "sandbox"}
    return Refusal(status, {"error": said})


def _error(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api" or refused.reason in _DEAD:
        return _graph_error(400, 190, "Error validating access token: Session has expired")
    # The endpoint of the code answers in a shape of its own.
    said = {"error_type": "OAuthException", "code": 400, "error_message": refused.description}
    return Refusal(400, said)


PROVIDER = rfc6749(
    "instagram",
    title="Instagram",
    authorize="www.instagram.com/oauth/authorize",
    token="api.instagram.com/oauth/access_token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="kept",
    expires_in=3600,
    long_lived=LongLivedRules(
        exchange="graph.instagram.com/access_token",
        exchange_params={
            "grant_type": "ig_exchange_token",
            "client_secret": "{client_secret}",
            "access_token": "{access_token}",
        },
        renew="graph.instagram.com/refresh_access_token",
        renew_params={"grant_type": "ig_refresh_token", "access_token": "{access_token}"},
        seconds=5_184_000,
    ),
    token_answer=_answer,
    error_answer=_error,
    required={"response_type": "code", "scope": None},
    scopes="instagram_business_basic instagram_business_content_publish "
    "instagram_business_manage_comments instagram_business_manage_insights",
    scope_separator=",",
    accounts={
        (user, name): {"user_id": user, "username": login}
        for user, name, login in (
            ("17841400000000001", "Ana Diaz", "anadiaz"),
            ("17841400000000002", "Ben Okoro", "benokoro"),
        )
    },
    api_base="graph.instagram.com",
    api={
        "/me": needs(
            "instagram_business_basic",
            _graph_error(403, 10, "Application does not have permission for this action"),
            facts("user_id", "username"),
        )
    },
)
