"""Instagram, by developers.facebook.com/documentation/instagram-platform: business login, access
token, refresh access token, me. PKCE is not documented."""

from typing import Any

from connectors.sandbox import IssuedTokens, facts, needs, rfc6749
from connectors.simulated_meta import code_refusal, graph_error, long_lived


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    """The token of the code, which lives for an hour, or a long-lived one."""
    token = {"access_token": issued.access_token, "refresh_token": issued.refresh_token}
    if issued.expires_in == 3600:
        user = issued.account.facts["user_id"]
        said = {**token, "user_id": user, "permissions": list(issued.scopes)}
    else:
        said = {**token, "token_type": "bearer", "expires_in": issued.expires_in}
    return {name: value for name, value in said.items() if value is not None}


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
    long_lived=long_lived("graph.instagram.com", "ig"),
    token_answer=_answer,
    error_answer=code_refusal,
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
            graph_error(403, 10, "Application does not have permission for this action"),
            facts("user_id", "username"),
        )
    },
)
