"""Okta, by the OpenAPI documents that Okta publishes (okta/okta-management-openapi-spec: oauth,
management). An app whose refresh tokens rotate.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749

_HOST = "{*.okta.com|*.okta-emea.com|*.oktapreview.com}"
_FORBIDDEN = Refusal(
    403, {"error": "insufficient_scope", "error_description": "openid is required"}
)


def _me(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    names = {"name": known["name"], "preferred_username": known["login"]}
    return {"sub": known["id"], **(names if "profile" in call.scopes else {})}


PROVIDER = rfc6749(
    "okta",
    title="Okta",
    authorize=f"{_HOST}/oauth2/v1/authorize",
    token=f"{_HOST}/oauth2/v1/token",
    revoke=f"{_HOST}/oauth2/v1/revoke",
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    offline="offline_access",
    expires_in=3600,
    params={"prompt", "nonce", "login_hint", "response_mode"},
    scopes="openid profile email offline_access okta.users.read okta.groups.read",
    accounts={
        (key, name): {"id": key, "name": name, "login": login}
        for key, name, login in (
            ("00uSandboxAna0000001", "Ana Diaz", "ana@acme.example"),
            ("00uSandboxBen0000002", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base=_HOST,
    api={"/oauth2/v1/userinfo": needs("openid", _FORBIDDEN, _me)},
)
