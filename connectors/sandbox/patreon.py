<<<<<<< HEAD
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

=======
"""Patreon, by docs.patreon.com (OAuth, API v2: identity) and django-allauth.

What a refresh does to its token is not documented: RFC 6749 is taken.
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_FORBIDDEN = Refusal(403, {"errors": [{"code_name": "Forbidden", "status": "403"}]})
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)

PROVIDER = rfc6749(
    "patreon",
    title="Patreon",
    authorize="www.patreon.com/oauth2/authorize",
    token="www.patreon.com/api/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
<<<<<<< HEAD
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
=======
    pkce="verified",
    rotation="strict",
    expires_in=2_678_400,
    answer={"token_type": "Bearer", "version": "0.0.1"},
    api_refusal=Refusal(401, {"errors": [{"code_name": "Unauthorized", "status": "401"}]}),
    scopes="identity identity[email] campaigns campaigns.members campaigns.posts",
    accounts={
        (key, name): {"data": {"type": "user", "id": key, "attributes": {"full_name": name}}}
        for key, name in (("90001", "Ana Diaz"), ("90002", "Ben Okoro"))
    },
    api_base="www.patreon.com/api/oauth2/v2",
    api={"/identity": needs("identity", _FORBIDDEN, facts("data"))},
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
)
