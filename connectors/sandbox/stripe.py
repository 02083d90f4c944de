"""Stripe Connect with Standard accounts, seen from its own side.

Sources: docs.stripe.com/connect/oauth-reference, …/connect/oauth-standard-accounts,
…/api/accounts/object; the OAuth part of Stripe's own libraries.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    Refusal,
    RefusedRequest,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)


def _account(
    number: int, business: str | None, display_name: str, email: str, country: str
) -> FictionalAccount:
    return FictionalAccount(
        key=f"account-{number}",
        label=f"{display_name} ({email})",
        facts={
            "stripe_user_id": f"acct_1Sandbox{number:08}",
            "stripe_publishable_key": f"pk_test_sandbox-{number}",
            "email": email,
            "country": country,
            "business_name": business,
            "display_name": display_name,
        },
    )


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "access_token": issued.access_token,
        "livemode": False,  # follows the platform's key, which is a test key here
        "token_type": "bearer",
        "stripe_publishable_key": issued.account.facts["stripe_publishable_key"],
        "stripe_user_id": issued.account.facts["stripe_user_id"],
        "scope": " ".join(issued.scopes) or "read_only",
    }
    if issued.refresh_token is not None:
        # After a refresh, too: the answer names the refresh token that was used.
        answer["refresh_token"] = issued.refresh_token
    return answer


def _get_account(call: ApiCall) -> dict[str, Any]:
    facts = call.account.facts
    return {
        "id": facts["stripe_user_id"],
        "object": "account",
        "email": facts["email"],
        "country": facts["country"],
        "business_profile": {"name": facts["business_name"]},
        "settings": {"dashboard": {"display_name": facts["display_name"]}},
    }


def _error_answer(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api":
        error = {"type": "invalid_request_error", "message": refused.description}
        return Refusal(status=refused.status, body={"error": error})
    if refused.endpoint == "revoke" and refused.reason in {"token", "grant_revoked"}:
        description = "This application is not connected to that account, or it does not exist."
        body = {"error": "invalid_client", "error_description": description}
        return Refusal(status=401, body=body)
    body = {"error": refused.error, "error_description": refused.description}
    return Refusal(status=refused.status, body=body)


PROVIDER = SimulatedProvider(
    name="stripe",
    display_name="Stripe",
    client_id="ca_sandbox0000000000000000000000000",
    client_secret="sk_test_sandbox-not-a-secret",
    accounts=(
        _account(1, "Acme", "Acme", "owner@acme.example", "US"),
        _account(2, None, "Globex", "billing@globex.example", "DE"),  # the name is nullable
        _account(3, "Umbrella Repairs", "Umbrella", "ben.okoro@example.com", "GB"),
    ),
    authorize=AuthorizeRules(
        address="connect.stripe.com/oauth/authorize",
        params=frozenset({"stripe_landing", "always_prompt"}),
        required={"response_type": "code"},
        known_scopes=frozenset({"read_only", "read_write"}),
        # One of the two, never both: nothing that people put between scopes separates them.
        scope_separator="\n",
        pkce="ignored",
    ),
    token=TokenRules(
        address="connect.stripe.com/oauth/token",
        client_auth="secret_key",
        body_format="form",
        exchange_params=frozenset(
            {
                "grant_type",
                "code",
                "scope?",
                "redirect_uri?",
                "code_verifier?",  # not Stripe's, and not minded
            }
        ),
        refresh_params=frozenset({"grant_type", "refresh_token", "scope?"}),
    ),
    grant=GrantRules(
        access_token_prefix="sk_test_sandbox-",
        refresh_token_prefix="rt_sandbox",
        expires=lambda params: None,
        offline=lambda params, consented_before: True,
        rotation="none",
    ),
    revoke=RevokeRules(
        address="connect.stripe.com/oauth/deauthorize",
        client_auth="secret_key",
        token="account",
        account_param="stripe_user_id",
        params=frozenset({"client_id"}),
        reach="account",
        answer={},  # Stripe's own answer repeats the stripe_user_id
    ),
    api=(ApiRules(address="api.stripe.com/v1/account", answer=_get_account),),
    api_hosts=frozenset({"api.stripe.com"}),
    token_answer=_token_answer,
    error_answer=_error_answer,
)
