"""WhatsApp Business behind Facebook's login, by developers.facebook.com/docs: whatsapp/cloud-api,
manual login flow, long-lived tokens, permissions. Refusals are those of Facebook's Graph API.
"""

from connectors.sandbox import LongLivedRules, RevokeRules, facts, rfc6749
from connectors.sandbox.facebook import graph_refusal

_GRAPH = "graph.facebook.com/v24.0"
_LASTING = {
    "grant_type": "fb_exchange_token",
    "client_id": "{client_id}",
    "client_secret": "{client_secret}",
    "fb_exchange_token": "{access_token}",
}

PROVIDER = rfc6749(
    "whatsapp",
    title="WhatsApp Business",
    authorize="www.facebook.com/v24.0/dialog/oauth",
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
    params={"auth_type", "config_id"},
    scopes="whatsapp_business_management whatsapp_business_messaging business_management",
    scope_separator=",",
    accounts={
        (user, name): {"id": user, "name": name}
        for user, name in (("100000000000011", "Ana Diaz"), ("100000000000012", "Ben Okoro"))
    },
    api_base=_GRAPH,
    api={"/me": facts("id", "name")},
)
