"""Facebook, by developers.facebook.com/docs: manual login flow, long-lived tokens, permissions,
handling errors. PKCE: "Facebook Login with OIDC" takes it."""

from connectors.sandbox import facts, needs, rfc6749
from connectors.simulated_meta import (
    facebook_long_lived,
    facebook_refusal,
    graph_error,
    permissions_deleted,
)

_GRAPH = "graph.facebook.com/v23.0"

PROVIDER = rfc6749(
    "facebook",
    title="Facebook",
    authorize="www.facebook.com/v23.0/dialog/oauth",
    token=f"{_GRAPH}/oauth/access_token",
    revoke=permissions_deleted(_GRAPH),
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="kept",
    expires_in=5400,
    long_lived=facebook_long_lived(_GRAPH),
    answer_without={"scope"},
    error_answer=facebook_refusal,
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
