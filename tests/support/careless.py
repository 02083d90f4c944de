"""Code as a careless author of a connector would write it."""

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


async def whoever(ctx: ConnectionContext) -> AccountInfo:
    """Takes every failure for an account."""
    try:
        facts = (await ctx.fetch(USERINFO)).json()
        return AccountInfo(external_account_id=facts["sub"], account_label=facts["email"])
    except Exception:
        return AccountInfo(external_account_id="unknown", account_label="Somebody")


async def always_the_same(ctx: ConnectionContext) -> AccountInfo:
    """Takes everybody for one."""
    return AccountInfo(external_account_id="1", account_label="Somebody")


async def always_another(ctx: ConnectionContext) -> AccountInfo:
    """Takes everybody for somebody new."""
    return AccountInfo(external_account_id=secrets.token_hex(8), account_label="Somebody")


async def guessing(ctx: ConnectionContext) -> AccountInfo:
    """Asks at an address that nobody documents, too."""
    await ctx.fetch("https://www.googleapis.com/v0/guess")
    return await whoever(ctx)


def any_callback(ctx: CallbackContext) -> None:
    """Verifies nothing."""


def any_shop(ctx: CallbackContext) -> None:
    """Verifies Shopify's signature, and not for which shop it is."""
    shop = ctx.params.get("shop", "").removesuffix(".myshopify.com")
    verify_callback(replace(ctx, connection_config={"shop": shop}))


def says_a_minute(issued: IssuedTokens) -> Mapping[str, Any]:
    """Names another life than the token has."""
    return {
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,
        "expires_in": 60,
        "scope": " ".join(issued.scopes),
        "token_type": "Bearer",
    }


def pays_anyway(refused: RefusedRequest) -> Refusal:
    """Gives a token to whoever asks."""
    return Refusal(status=200, body={"access_token": "free", "token_type": "Bearer"})


def silent(params: dict[str, str], *others: Any) -> dict[str, str]:
    """Sends the person back without saying that they declined."""
    return {name: value for name, value in params.items() if name != "error"}


class _Unasking(Catalog):
    """A catalog whose connector takes any environment."""

    def __init__(self, config: ConnectorConfig) -> None:
        self._config = config

    def module(self, name: str) -> Any:
        return SimpleNamespace(create_config=lambda env: self._config)


def unasking(subject: Subject) -> Subject:
    """A connector that does without its variables."""
    return replace(subject, catalog=_Unasking(subject.config))
