"""Patreon, by docs.patreon.com: OAuth, identity, scopes, errors."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749

_ERROR = {"code_name": "Unauthorized", "title": "Unauthorized", "status": "401"}
_NO_SCOPE = Refusal(403, {"errors": [{"code_name": "ScopeNotGranted", "status": "403"}]})


def _identity(call: ApiCall) -> dict[str, Any]:
    account = call.account.facts
    named = call.query.get("fields[user]", "").split(",")
    shown = {name: account[name] for name in ("full_name",) if name in named}
    return {"data": {"type": "user", "id": account["id"], "attributes": shown}}


PROVIDER = rfc6749(
    "patreon",
    title="Patreon",
    authorize="www.patreon.com/oauth2/authorize",
    token="www.patreon.com/api/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=2_678_400,
    scopes="identity identity[email] campaigns campaigns.members campaigns.posts",
    accounts={
        (number, name): {"id": number, "full_name": name}
        for number, name in (("1001", "Ana Diaz"), ("1002", "Ben Okoro"))
    },
    api_base="www.patreon.com/api/oauth2/v2",
    api={"/identity": needs("identity", _NO_SCOPE, _identity)},
    api_refusal=Refusal(401, {"errors": [_ERROR]}),
)
