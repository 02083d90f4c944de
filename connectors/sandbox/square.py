"""Square, seen from its own side: the code flow in production.

Sources: developer.squareup.com/docs/oauth-api, …/reference/square/o-auth-api, …/merchants-api. The
refusals of the token endpoint: microsoft/sarif-pattern-matcher, which tells live secrets by them.
"""

from datetime import timedelta
from typing import Any

from connectors.sandbox import (
    ApiCall,
    IssuedTokens,
    Refusal,
    RefusedRequest,
    RevokeRules,
    needs,
    rfc6749,
)

_CODES = {"code_unknown", "code_used", "code_expired"}


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    ends = issued.issued_at + timedelta(seconds=issued.expires_in or 0)
    return {
        "token_type": "bearer",
        "expires_at": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "merchant_id": issued.account.facts["merchant_id"],
        "refresh_token": issued.refresh_token,  # after a refresh, the same
        "short_lived": False,
    }


def _error(refused: RefusedRequest) -> Refusal:
    if refused.error in {"invalid_grant", "invalid_client"}:
        message = "Authorization code not found" if refused.reason in _CODES else "Not Authorized"
        return Refusal(401, {"message": message, "type": "service.not_authorized"})
    return Refusal(400, {"message": refused.description, "type": "bad_request"})


def _api_error(status: int, category: str, code: str) -> Refusal:
    return Refusal(status, {"errors": [{"category": category, "code": code}]})


def _merchant(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    shown = {
        "country": "US",
        "currency": "USD",
        "status": "ACTIVE",
        "main_location_id": "L0SANDBOX",
    }
    return {"merchant": {"id": known["merchant_id"], "business_name": known["name"], **shown}}


PROVIDER = rfc6749(
    "square",
    title="Square",
    authorize="connect.squareup.com/oauth2/authorize",
    token="connect.squareup.com/oauth2/token",
    revoke=RevokeRules(
        address="connect.squareup.com/oauth2/revoke",
        client_auth="client_secret",
        body_format="json",
        token="account",
        account_param="merchant_id",
        params=frozenset({"client_id"}),
        reach="account",
        answer={"success": True},
    ),
    client_auth="post",
    body_format="json",
    pkce="refused",  # it belongs to the other flow, which takes no secret
    rotation="none",
    expires_in=2_592_000,
    answer=_answer,
    answer_without={"expires_in", "scope"},
    error_answer=_error,
    params={"locale", "session"},
    required={},
    account_choice={"session": "false"},
    code_seconds=300,
    scopes="MERCHANT_PROFILE_READ PAYMENTS_READ PAYMENTS_WRITE ORDERS_READ ITEMS_READ "
    "CUSTOMERS_READ",
    accounts={
        (merchant, name): {"merchant_id": merchant, "name": name}
        for merchant, name in (("ML0SANDBOXACME", "Acme Coffee"), ("ML0SANDBOXGLOB", "Globex"))
    },
    api_base="connect.squareup.com",
    api={
        "/v2/merchants/me": needs(
            "MERCHANT_PROFILE_READ",
            _api_error(403, "AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES"),
            _merchant,
        )
    },
    api_refusal=_api_error(401, "AUTHENTICATION_ERROR", "UNAUTHORIZED"),
)
