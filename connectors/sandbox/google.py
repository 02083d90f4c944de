"""Google, seen from its own side.

Sources: developers.google.com/identity/protocols/oauth2/web-server, …/openid-connect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    Refusal,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)

_EXPANDED = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}


def _account(sub: str, name: str, email: str) -> FictionalAccount:
    facts = {"sub": sub, "name": name, "email": email, "email_verified": True}
    return FictionalAccount(key=sub, label=f"{name} ({email})", facts=facts)


def _is_offline(params: Mapping[str, str], consented_before: bool) -> bool:
    # A refresh token comes with access_type=offline, at the first consent or whenever consent is
    # asked for again.
    return params.get("access_type") == "offline" and (
        not consented_before or params.get("prompt") == "consent"
    )


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "access_token": issued.access_token,
        "expires_in": issued.expires_in,
        "scope": " ".join(_EXPANDED.get(scope, scope) for scope in issued.scopes),
        "token_type": "Bearer",
    }
    if issued.refresh_token is not None and not issued.is_refresh:
        answer["refresh_token"] = issued.refresh_token
    return answer


def _userinfo(call: ApiCall) -> dict[str, Any] | Refusal:
    if "openid" not in call.scopes:
        return Refusal(status=403, body={"error": "insufficient_scope"})
    hidden = (
        set() if {"email", _EXPANDED["email"]} & set(call.scopes) else {"email", "email_verified"}
    )
    return {name: value for name, value in call.account.facts.items() if name not in hidden}


PROVIDER = SimulatedProvider(
    name="google",
    display_name="Google",
    client_id="000000000000-sandbox.apps.googleusercontent.com",
    client_secret="GOCSPX-sandbox-not-a-secret",
    accounts=(
        _account("100000000000000000001", "Ana Diaz", "ana.diaz@example.com"),
        _account("100000000000000000002", "Ana Diaz (work)", "ana@acme.example"),
        _account("100000000000000000003", "Ben Okoro", "ben.okoro@example.com"),
    ),
    authorize=AuthorizeRules(
        address="accounts.google.com/o/oauth2/v2/auth",
        params=frozenset({"access_type", "prompt", "include_granted_scopes", "login_hint"}),
        required={"response_type": "code"},
        known_scopes=frozenset({"openid", *_EXPANDED, *_EXPANDED.values()}),
        issuer="https://accounts.google.com",
    ),
    token=TokenRules(
        address="oauth2.googleapis.com/token",
        client_auth="post",
        body_format="form",
        exchange_params=frozenset({"grant_type", "code", "redirect_uri", "code_verifier?"}),
        refresh_params=frozenset({"grant_type", "refresh_token", "scope?"}),
    ),
    grant=GrantRules(
        access_token_prefix="ya29.sandbox-",
        refresh_token_prefix="1//sandbox-",
        expires=lambda params: 3599,
        offline=_is_offline,
        rotation="none",
    ),
    revoke=RevokeRules(address="oauth2.googleapis.com/revoke", reach="account"),
    api=(
        ApiRules(address="openidconnect.googleapis.com/v1/userinfo", answer=_userinfo),
        ApiRules(address="www.googleapis.com/oauth2/v3/userinfo", answer=_userinfo),
    ),
    api_hosts=frozenset({"*.googleapis.com"}),
    token_answer=_token_answer,
)
