"""Shopify, seen from its own side.

Sources: shopify.dev, authorization code grant and offline access tokens; the callback's signature
as in Shopify's own libraries.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from connectors.sandbox import ApiCall, IssuedTokens, RevokeRules, rfc6749

_HOST = "{tenant}.myshopify.com"


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    # A read scope is not listed next to its write scope.
    implied = {scope.replace("write_", "read_") for scope in issued.scopes if "write_" in scope}
    listed = ",".join(scope for scope in issued.scopes if scope not in implied)
    answer: dict[str, Any] = {"access_token": issued.access_token, "scope": listed}
    if issued.expires_in is not None:
        answer["expires_in"] = issued.expires_in
        answer["refresh_token"] = issued.refresh_token
        answer["refresh_token_expires_in"] = 7776000
    return answer


def _shop(call: ApiCall) -> dict[str, Any]:
    shop = {
        "id": 800000000 + sum(call.tenant.encode()),
        "name": f"{call.tenant.replace('-', ' ').title()} Store",
        "email": f"owner@{call.tenant}.example",
        "domain": f"{call.tenant}.example",
        "myshopify_domain": f"{call.tenant}.myshopify.com",
        "plan_name": "basic",
    }
    return {"shop": shop}


def _sign(params: dict[str, str], tenant: str, secret: str, now: datetime) -> dict[str, str]:
    host = base64.urlsafe_b64encode(f"admin.shopify.com/store/{tenant}".encode()).decode()
    signed = params | {
        "host": host.rstrip("="),
        "shop": f"{tenant}.myshopify.com",
        "timestamp": str(int(now.timestamp())),
    }
    message = urlencode(sorted(signed.items())).encode()
    return signed | {"hmac": hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}


PROVIDER = rfc6749(
    "shopify",
    title="Shopify",
    authorize=f"{_HOST}/admin/oauth/authorize",
    token=f"{_HOST}/admin/oauth/access_token",
    revoke=RevokeRules(
        address=f"{_HOST}/admin/api_permissions/current.json", method="DELETE", token="api_header"
    ),
    client_auth="post",
    body_format="form",
    pkce="ignored",  # no Shopify source says that it is verified
    rotation="until_used",
    expires_in=lambda params: 3600 if params.get("expiring") == "1" else None,
    offline=lambda params, consented_before: params.get("expiring") == "1",
    token_answer=_token_answer,
    sign_callback=_sign,
    params={"grant_options[]"},
    required={},
    exchange_params={"code", "expiring?"},
    scopes="read_products write_products read_orders write_orders read_customers "
    "unauthenticated_read_checkouts unauthenticated_write_checkouts",
    scope_separator=",",
    accounts={("owner", "The store's owner"): {}, ("staff", "A member of its staff"): {}},
    api_base=f"{_HOST}/admin/api/2026-10",
    api={"/shop.json": _shop},
    api_auth=("x-shopify-access-token", ""),
)
