"""Shopify, seen from its own side.

Sources: shopify.dev, authorization code grant and offline access tokens; the callback's signature
as in Shopify's own libraries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)


def _expires(params: Mapping[str, str]) -> int | None:
    return 3600 if params.get("expiring") == "1" else None


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    answer: dict[str, Any] = {"access_token": issued.access_token, "scope": ",".join(issued.scopes)}
    if issued.expires_in is not None:
        answer["expires_in"] = issued.expires_in
        answer["refresh_token"] = issued.refresh_token
        answer["refresh_token_expires_in"] = 7776000
    return answer


def _shop(call: ApiCall) -> dict[str, Any]:
    return {
        "shop": {
            "id": 800000000 + sum(call.tenant.encode()),
            "name": f"{call.tenant.replace('-', ' ').title()} Store",
            "email": f"owner@{call.tenant}.example",
            "domain": f"{call.tenant}.example",
            "myshopify_domain": f"{call.tenant}.myshopify.com",
            "plan_name": "basic",
        }
    }


def _sign(params: dict[str, str], tenant: str, secret: str, now: datetime) -> dict[str, str]:
    signed = params | {
        "host": base64.urlsafe_b64encode(f"admin.shopify.com/store/{tenant}".encode())
        .decode()
        .rstrip("="),
        "shop": f"{tenant}.myshopify.com",
        "timestamp": str(int(now.timestamp())),
    }
    message = urlencode(sorted(signed.items())).encode()
    return signed | {"hmac": hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}


PROVIDER = SimulatedProvider(
    name="shopify",
    display_name="Shopify",
    client_id="sandbox00000000000000000000000000",
    client_secret="shpss_sandbox-not-a-secret",
    accounts=(
        FictionalAccount(key="owner", label="The store's owner", facts={}),
        FictionalAccount(key="staff", label="A member of its staff", facts={}),
    ),
    authorize=AuthorizeRules(
        address="{tenant}.myshopify.com/admin/oauth/authorize",
        params=frozenset({"grant_options[]"}),
        known_scopes=frozenset({"read_products", "write_products", "read_orders", "write_orders"}),
        scope_separator=",",
        required={},
        pkce="ignored",  # no Shopify source says that it is verified
    ),
    token=TokenRules(
        address="{tenant}.myshopify.com/admin/oauth/access_token",
        client_auth="post",
        body_format="form",
        exchange_params=frozenset({"code", "expiring?", "code_verifier?"}),
        refresh_params=frozenset({"grant_type", "refresh_token"}),
    ),
    grant=GrantRules(
        access_token_prefix="shpat_sandbox",
        refresh_token_prefix="shprt_sandbox",
        expires=_expires,
        offline=lambda params, consented_before: params.get("expiring") == "1",
        rotation="until_used",
    ),
    revoke=RevokeRules(
        address="{tenant}.myshopify.com/admin/api_permissions/current.json",
        method="DELETE",
        token="api_header",
    ),
    api=(ApiRules(address="{tenant}.myshopify.com/admin/api/2026-10/shop.json", answer=_shop),),
    api_hosts=frozenset({"{tenant}.myshopify.com"}),
    api_auth=("x-shopify-access-token", ""),
    token_answer=_token_answer,
    sign_callback=_sign,
)
