"""Stripe Connect with Standard accounts, seen from its own side.

Sources: docs.stripe.com/connect/oauth-reference, …/connect/oauth-standard-accounts,
…/api/accounts/object; the OAuth part of Stripe's own libraries.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, RefusedRequest, RevokeRules, rfc6749


def _account(number: int, business: str | None, name: str, email: str) -> dict[str, Any]:
    return {
        "stripe_user_id": f"acct_1Sandbox{number:08}",
        "stripe_publishable_key": f"pk_test_sandbox-{number}",
        "email": email,
        "business_profile": {"name": business},
        "settings": {"dashboard": {"display_name": name}},
    }


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {
        "livemode": False,  # follows the platform's key, which is a test key here
        "token_type": "bearer",
        "stripe_publishable_key": issued.account.facts["stripe_publishable_key"],
        "stripe_user_id": issued.account.facts["stripe_user_id"],
        "scope": " ".join(issued.scopes) or "read_only",
        "refresh_token": issued.refresh_token,  # after a refresh, the one that was used
    }


def _get_account(call: ApiCall) -> dict[str, Any]:
    shown = {k: v for k, v in call.account.facts.items() if not k.startswith("stripe_")}
    return {"id": call.account.facts["stripe_user_id"], "object": "account", **shown}


def _error(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "revoke" and refused.reason in {"token", "grant_revoked"}:
        description = "This application is not connected to that account, or it does not exist."
        return Refusal(401, {"error": "invalid_client", "error_description": description})
    return refused.standard


PROVIDER = rfc6749(
    "stripe",
    title="Stripe",
    authorize="connect.stripe.com/oauth/authorize",
    token="connect.stripe.com/oauth/token",
    revoke=RevokeRules(
        address="connect.stripe.com/oauth/deauthorize",
        client_auth="secret_key",
        token="account",
        account_param="stripe_user_id",
        params=frozenset({"client_id"}),
        reach="account",
    ),
    client_auth="secret_key",
    body_format="form",
    pkce="ignored",
    rotation="none",
    expires_in=None,
    answer=_answer,
    error_answer=_error,
    params={"stripe_landing", "always_prompt"},
    exchange_params={"grant_type", "code", "scope?", "redirect_uri?"},
    refresh_params={"grant_type", "refresh_token", "scope?"},
    scopes={"read_only", "read_write"},
    # One of the two, never both: nothing that people put between scopes separates them.
    scope_separator="\n",
    accounts={
        ("account-1", "Acme (owner@acme.example)"): _account(
            1, "Acme", "Acme", "owner@acme.example"
        ),
        ("account-2", "Globex (billing@globex.example)"): _account(  # the name is nullable
            2, None, "Globex", "billing@globex.example"
        ),
        ("account-3", "Umbrella (ben.okoro@example.com)"): _account(
            3, "Umbrella Repairs", "Umbrella", "ben.okoro@example.com"
        ),
    },
    api_base="api.stripe.com/v1",
    api={"/account": _get_account},
    api_refusal=Refusal(
        401, {"error": {"type": "invalid_request_error", "message": "Invalid key"}}
    ),
)
