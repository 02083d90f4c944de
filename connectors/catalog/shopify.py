"""Shopify OAuth connector.

Tokens: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens

Quirks:
1. Every store has its own host, ``{shop}.myshopify.com``. The shop is asked for before connecting
   and must match completely: a value like ``evil.com/`` would send the client secret elsewhere.
2. Scopes are separated by commas, in the request and in the answer.
3. Neither ``response_type`` nor the exchange's ``grant_type`` and ``redirect_uri`` are part of
   Shopify's protocol; its own library sends none of them.
4. ``expiring=1`` asks for a token of one hour with a refresh token. Without it the token never
   expires, which Shopify refuses for public apps (created since April 2026; all in 2027). A used
   refresh token goes on working until the new access token is used (30 days at most), so a refresh
   whose answer was lost is safe to repeat.
5. The callback is signed: HMAC-SHA256 over its sorted parameters with the client secret, and a
   ``timestamp``. Shopify demands the check. It does not replace ``state``.
6. The API wants ``X-Shopify-Access-Token`` and refuses ``Authorization: Bearer``.
7. Uninstalling is a DELETE with the access token; there is no RFC 7009 endpoint.
8. The answer lists granted write scopes without the read scopes that they imply.

Scopes: ``read_products`` and ``read_orders``, the subject of most tools for a store.
Products and orders are changed, and customers read, with the sets of scopes.
"""

import hashlib
import hmac
from datetime import date, timedelta
from urllib.parse import urlencode

from connectors import (
    CallbackContext,
    CallbackRefused,
    ConnectionInput,
    ConnectorConfig,
    Env,
    Revocation,
    ScopeSet,
    account_lookup,
    app,
)

STORE = "https://${connection_config.shop}.myshopify.com"
API = f"{STORE}/admin/api/2026-10"  # versions are quarterly and live for a year

MAX_CALLBACK_AGE = timedelta(seconds=90)  # what Shopify's own library allows, in both directions


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("shopify", env),
        display_name="Shopify",
        description="Products and orders of a Shopify store.",
        category="commerce",
        docs_url="https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant",
        console_url="https://dev.shopify.com/dashboard",
        checked_on=date(2026, 11, 21),
        authorization_url=f"{STORE}/admin/oauth/authorize",
        token_url=f"{STORE}/admin/oauth/access_token",
        revocation_url=f"{STORE}/admin/api_permissions/current.json",
        revocation=Revocation(method="DELETE", auth="access_token", token=None),  # quirk 7
        scopes=("read_products", "read_orders"),
        scope_separator=",",  # quirk 2
        scope_sets={
            "products": ScopeSet(
                title="Change products",
                sentence="Create and change products",
                scopes=("write_products",),
            ),
            "orders": ScopeSet(
                title="Create orders", sentence="Create and change orders", scopes=("write_orders",)
            ),
            "customers": ScopeSet(
                title="Customers", sentence="See customers", scopes=("read_customers",)
            ),
        },
        scope_implies={  # quirk 8
            "write_*": ("read_*",),
            "unauthenticated_write_*": ("unauthenticated_read_*",),
        },
        omit_authorize_params=frozenset({"response_type"}),  # quirk 3
        omit_token_params=frozenset({"grant_type", "redirect_uri"}),  # quirk 3
        extra_token_params={"expiring": "1"},  # quirk 4
        supports_refresh=True,
        refresh_grace_seconds=86400,  # quirk 4
        supports_multiple_accounts=True,
        connection_config={
            "shop": ConnectionInput(
                title="Store",
                description="The name of your store, as in its myshopify.com address.",
                example="acme",
                pattern=r"[a-z0-9][a-z0-9_-]{0,62}",
                suffix=".myshopify.com",
            )
        },
        callback_verifier=verify_callback,  # quirk 5
        fetch_account_info=account_lookup(
            url=f"{API}/shop.json",
            id="shop.myshopify_domain",
            label="shop.name",
            metadata={"domain": "shop.domain"},
        ),
        api_base_url=API,
        api_headers={"X-Shopify-Access-Token": "${access_token}"},  # quirk 6
    )


def verify_callback(ctx: CallbackContext) -> None:
    """Check that Shopify signed this callback, for the shop of this flow (quirk 5)."""
    signed = {key: value for key, value in ctx.params.items() if key not in {"hmac", "signature"}}
    # Decoded, sorted and encoded again, as Shopify's own libraries do: the order and the escaping
    # of the query that arrived are not part of what was signed.
    message = urlencode(sorted(signed.items()))
    expected = hmac.new(ctx.client_secret.reveal().encode(), message.encode(), hashlib.sha256)
    given = ctx.params.get("hmac", "")
    if not hmac.compare_digest(expected.hexdigest().encode(), given.encode()):
        raise CallbackRefused("the callback is not signed by Shopify")
    timestamp = ctx.params.get("timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise CallbackRefused("the callback has no timestamp")
    if abs(ctx.now.timestamp() - int(timestamp)) > MAX_CALLBACK_AGE.total_seconds():
        raise CallbackRefused("the callback is older than 90 seconds")
    if ctx.params.get("shop") != f"{ctx.connection_config['shop']}.myshopify.com":
        raise CallbackRefused("the callback is for another shop")
