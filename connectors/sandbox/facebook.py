"""Facebook, by developers.facebook.com/docs: manual login flow, long-lived tokens, permissions,
handling errors. PKCE: "Facebook Login with OIDC" takes it."""

from connectors.sandbox import (
    LongLivedRules,
    Refusal,
    RefusedRequest,
    RevokeRules,
    facts,
    needs,
    rfc6749,
)

_GRAPH = "graph.facebook.com/v23.0"
_LASTING = {
    "grant_type": "fb_exchange_token",
    "client_id": "{client_id}",
    "client_secret": "{client_secret}",
    "fb_exchange_token": "{access_token}",
}
_DEAD = {"token", "refresh_token_unknown", "refresh_token_used", "grant_revoked"}


def graph_error(status: int, code: int, message: str) -> Refusal:
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "sandbox"}
    return Refusal(status, {"error": said})


def graph_refusal(refused: RefusedRequest) -> Refusal:
    if refused.reason == "client":
        return graph_error(400, 1, "Error validating client secret.")
    if refused.endpoint == "api" or refused.reason in _DEAD:
        return graph_error(400, 190, "Error validating access token: Session has expired")
    return graph_error(400, 100, "This authorization code has been used.")


PROVIDER = rfc6749(
    "facebook",
    title="Facebook",
    authorize="www.facebook.com/v23.0/dialog/oauth",
    token=f"{_GRAPH}/oauth/access_token",
    revoke=RevokeRules(
        address=f"{_GRAPH}/me/permissions",
        method="DELETE",
        token="api_header",
        reach="account",
        answer={"success": True},
    ),
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="kept",
    expires_in=5400,
    long_lived=LongLivedRules(
        exchange=f"{_GRAPH}/oauth/access_token",
        exchange_params=_LASTING,
        renew=f"{_GRAPH}/oauth/access_token",
        renew_params=_LASTING,
        seconds=5_184_000,
    ),
    answer_without={"scope"},
    error_answer=graph_refusal,
    params={"auth_type"},
    scopes="public_profile email pages_show_list pages_read_engagement pages_manage_posts",
    scope_separator=",",
    accounts={
        (user, name): {"id": user, "name": name}
        for user, name in (("100000000000001", "Ana Diaz"), ("100000000000002", "Ben Okoro"))
    },
    api_base=_GRAPH,
    api={
        "/me": needs(
            "public_profile", graph_error(403, 200, "Permissions error"), facts("id", "name")
        )
    },
)
