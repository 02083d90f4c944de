"""Connector code with typical mistakes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from connectors.account import AccountInfo
from connectors.catalog import Catalog
from connectors.catalog.shopify import verify_callback
from connectors.config import ConnectorConfig
from connectors.context import CallbackContext, ConnectionContext
from connectors.provider import IssuedTokens, Refusal, RefusedRequest
from gateway.testing.subject import Subject

USERINFO = "https://openidconnect.googleapis.com/v1/userinfo"


async def hides_failures(ctx: ConnectionContext) -> AccountInfo:
    """Return an account for every failure."""
    try:
        facts = (await ctx.fetch(USERINFO)).json()
        return AccountInfo(external_account_id=facts["sub"], account_label=facts["email"])
    except Exception:
        return AccountInfo(external_account_id="unknown", account_label="Somebody")


async def always_the_same(ctx: ConnectionContext) -> AccountInfo:
    """Return the same account for everybody."""
    return AccountInfo(external_account_id="1", account_label="Somebody")


async def always_another(ctx: ConnectionContext) -> AccountInfo:
    """Return a new account each time."""
    return AccountInfo(external_account_id=secrets.token_hex(8), account_label="Somebody")


async def undocumented_address(ctx: ConnectionContext) -> AccountInfo:
    """Also fetch from an undocumented address."""
    await ctx.fetch("https://www.googleapis.com/v0/guess")
    return await hides_failures(ctx)


def verifies_nothing(ctx: CallbackContext) -> None:
    """Accept every callback."""


def verifies_any_shop(ctx: CallbackContext) -> None:
    """Verify Shopify's signature for any shop."""
    shop = ctx.params.get("shop", "").removesuffix(".myshopify.com")
    verify_callback(replace(ctx, connection_config={"shop": shop}))


def wrong_life(issued: IssuedTokens) -> Mapping[str, Any]:
    """State another lifetime than the token has."""
    return {
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,
        "expires_in": 60,
        "scope": " ".join(issued.scopes),
        "token_type": "Bearer",
    }


def token_for_a_refusal(refused: RefusedRequest) -> Refusal:
    """Answer a refused request with a token."""
    return Refusal(status=200, body={"access_token": "free", "token_type": "Bearer"})


def drops_the_error(params: dict[str, str], *others: Any) -> dict[str, str]:
    """Redirect back without the error of a declined consent."""
    return {name: value for name, value in params.items() if name != "error"}


class _WithoutVariables(Catalog):
    """A catalog whose connector needs no environment."""

    def __init__(self, config: ConnectorConfig) -> None:
        self._config = config

    def module(self, name: str) -> Any:
        return SimpleNamespace(create_config=lambda env: self._config)


def without_variables(subject: Subject) -> Subject:
    """Let a connector work without its variables."""
    return replace(subject, catalog=_WithoutVariables(subject.config))
