"""Stripe Connect with Standard accounts, by docs.stripe.com/connect/oauth-reference,
…/connect/oauth-standard-accounts, …/api/accounts/object and the OAuth part of Stripe's libraries.
"""

from typing import Any

from connectors.sandbox import (
    IssuedTokens,
    KeyRules,
    Place,
    Refusal,
    RefusedRequest,
    RevokeRules,
    facts,
    rfc6749,
)


def _account(number: int, business: str | None, name: str, email: str) -> dict[str, Any]:
    return {
        "id": f"acct_1Sandbox{number:08}",
        "stripe_user_id": f"acct_1Sandbox{number:08}",
        "stripe_publishable_key": f"pk_test_sandbox-{number}",
        "email": email,
        "business_profile": {"name": business},
        "settings": {"dashboard": {"display_name": name}},
    }


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    kept = {name: fact for name, fact in issued.account.facts.items() if name[:7] == "stripe_"}
    return {
        **kept,
        "livemode": False,  # follows the platform's key, which is a test key here
        "scope": " ".join(issued.scopes) or "read_only",
        "refresh_token": issued.refresh_token,  # after a refresh, the one that was used
    }


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
    scopes="read_only read_write",
    # One of the two, never both: nothing that people put between scopes separates them.
    scope_separator="\n",
    accounts={
        (f"account-{n}", f"{name} ({email})"): _account(n, business, name, email)
        for n, business, name, email in (
            (1, "Acme", "Acme", "owner@acme.example"),
            (2, None, "Globex", "billing@globex.example"),  # the name is nullable
            (3, "Umbrella Repairs", "Umbrella", "ben.okoro@example.com"),
        )
    },
    api_base="api.stripe.com/v1",
    api={"/account": facts("id", "email", "business_profile", "settings")},
    api_refusal=Refusal(401, {"error": {"type": "invalid_request_error", "message": "…"}}),
    keys=KeyRules(  # an account's own secret key, for the same API
        held={
            "account-2": {"key": "sk_test_Sandbox2globex0123456789"},
            "account-3": {"key": "sk_test_Sandbox3umbrella0123456789"},
        },
        place=Place(headers={"authorization": "Bearer {key}"}),
    ),
)
