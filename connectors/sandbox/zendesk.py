"""Zendesk, by developer.zendesk.com: grant_type_tokens, oauth_tokens, users.

A client from before May 2026: a token has an end, and a successor, if it is asked for.
"""

from collections.abc import Mapping
from typing import Any

from connectors.sandbox import ApiCall, Refusal, RevokeRules, needs, rfc6749

_HOST = "{tenant}.zendesk.com"
_FORBIDDEN = Refusal(403, {"error": "Forbidden", "description": "Missing the scope read"})


def _me(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    return {
        "user": {
            "id": known["id"],
            "name": known["name"],
            "email": f"{known['login']}@{call.tenant}.example",
        }
    }


def _refused(params: Mapping[str, str]) -> str | None:
    seconds = params.get("expires_in", "300")
    return None if seconds.isdigit() and 300 <= int(seconds) <= 172800 else "invalid_request"


PROVIDER = rfc6749(
    "zendesk",
    title="Zendesk",
    authorize=f"{_HOST}/oauth/authorizations/new",
    token=f"{_HOST}/oauth/tokens",
    revoke=RevokeRules(
        address=f"{_HOST}/api/v2/oauth/tokens/current.json", method="DELETE", token="api_header"
    ),
    client_auth="post",
    body_format="json",
    pkce="verified",
    rotation="strict",
    ends_access_token=True,
    expires_in=lambda params: int(params["expires_in"]) if "expires_in" in params else None,
    offline=lambda params, consented_before: "expires_in" in params,
    exchange_params={"grant_type", "code", "redirect_uri", "expires_in?"},
    refresh_params={"grant_type", "refresh_token", "expires_in?"},
    check=_refused,
    answer={"refresh_token_expires_in": 2592000},
    api_refusal=Refusal(401, {"error": "invalid_token"}),
    scopes="read write tickets:read tickets:write users:read",
    accounts={
        (str(number), name): {"id": number, "name": name, "login": login}
        for number, name, login in (
            (361200000001, "Ana Diaz", "ana"),
            (361200000002, "Ben Okoro", "ben"),
        )
    },
    api_base=f"{_HOST}/api/v2",
    api={"/users/me.json": needs("read", _FORBIDDEN, _me)},
)
