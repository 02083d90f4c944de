"""Gong, by help.gong.io/docs/create-an-app-for-gong and gong.app.gong.io API reference: calls.

Refresh tokens of a single use: docs.airbyte.com/ai-agents/connectors/gong.
"""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, needs, rfc6749

_DENIED = Refusal(401, {"requestId": "sandbox", "errors": ["Invalid or expired access token"]})
_NO_SCOPE = Refusal(403, {"requestId": "sandbox", "errors": ["Missing a scope"]})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"api_base_url_for_customer": f"https://{issued.account.facts['host']}.api.gong.io"}


def _calls(call: ApiCall) -> dict[str, Any] | Refusal:
    """The company's calls at its own host; another host does not know the token."""
    at_home = call.address.startswith(f"{call.account.facts['host']}.")
    return {"requestId": "sandbox", "calls": []} if at_home else _DENIED


PROVIDER = rfc6749(
    "gong",
    title="Gong",
    authorize="app.gong.io/oauth2/authorize",
    token="app.gong.io/oauth2/generate-customer-token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=86_400,
    offline=lambda params, consented_before: params.get("access_type") == "offline",
    answer=_answer,
    params={"access_type"},
    required={"response_type": "code", "scope": None},
    scopes="api:calls:read:basic api:calls:read:extensive api:calls:read:transcript api:users:read",
    accounts={
        (host, f"{name} ({host})"): {"host": host}
        for host, name in (("company-17", "Ana Diaz"), ("company-18", "Ben Okoro"))
    },
    api_base="{tenant}.api.gong.io",
    api={"/v2/calls": needs("api:calls:read:basic", _NO_SCOPE, _calls)},
    api_hosts={"*.api.gong.io"},
    api_refusal=_DENIED,
)
