"""WhatsApp Business behind Facebook's login, by developers.facebook.com/docs: whatsapp/cloud-api,
manual login flow, long-lived tokens, permissions. Refusals are those of Facebook's Graph API.
"""

from connectors.sandbox import facts, rfc6749
from connectors.simulated_meta import facebook_long_lived, facebook_refusal, permissions_deleted

_GRAPH = "graph.facebook.com/v24.0"

PROVIDER = rfc6749(
    "whatsapp",
    title="WhatsApp Business",
    authorize="www.facebook.com/v24.0/dialog/oauth",
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
