"""Google, seen from its own side.

Sources: developers.google.com/identity/protocols/oauth2/web-server, …/openid-connect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, RevokeRules, rfc6749

_EXPANDED = {
    scope: f"https://www.googleapis.com/auth/userinfo.{scope}" for scope in ("email", "profile")
}


def _is_offline(params: Mapping[str, str], consented_before: bool) -> bool:
    # At the first consent, or whenever consent is asked for again.
    is_asked = not consented_before or params.get("prompt") == "consent"
    return params.get("access_type") == "offline" and is_asked


def _expanded(issued: IssuedTokens) -> dict[str, str]:
    return {"scope": " ".join(_EXPANDED.get(scope, scope) for scope in issued.scopes)}


def _userinfo(call: ApiCall) -> dict[str, Any] | Refusal:
    if "openid" not in call.scopes:
        return Refusal(403, {"error": "insufficient_scope"})
    shows_email = {"email", _EXPANDED["email"]} & {*call.scopes}
    return {k: v for k, v in call.account.facts.items() if shows_email or "email" not in k}


PROVIDER = rfc6749(
    "google",
    title="Google",
    authorize="accounts.google.com/o/oauth2/v2/auth",
    token="oauth2.googleapis.com/token",
    revoke=RevokeRules(address="oauth2.googleapis.com/revoke", reach="account"),
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="none",
    expires_in=3599,
    offline=_is_offline,
    answer=_expanded,
    params={"access_type", "prompt", "include_granted_scopes", "login_hint"},
    refresh_params={"grant_type", "refresh_token", "scope?"},
    issuer="https://accounts.google.com",
    scopes={"openid", *_EXPANDED, *_EXPANDED.values()},
    accounts={
        (sub, f"{name} ({email})"): {
            "sub": sub,
            "name": name,
            "email": email,
            "email_verified": True,
        }
        for sub, name, email in (
            ("100000000000000000001", "Ana Diaz", "ana.diaz@example.com"),
            ("100000000000000000002", "Ana Diaz (work)", "ana@acme.example"),
            ("100000000000000000003", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="www.googleapis.com",
    api={"/oauth2/v3/userinfo": _userinfo, "openidconnect.googleapis.com/v1/userinfo": _userinfo},
    api_hosts={"*.googleapis.com"},
)
