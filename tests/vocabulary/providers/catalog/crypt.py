"""Crypt OAuth connector.

Quirks:
1. Each request carries a digest of the secret, as at Agiloft; no field computes.
2. The answer to a code is a text in one member, which no path leads into, as into Braintree's XML.

Scopes: ``read`` opens the account, ``write`` changes it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors import ConnectorConfig, Env, StepContext, account_lookup, app
from connectors.context import Answer


def proof(ctx: StepContext) -> dict[str, str]:
    return {"proof": hashlib.sha256(ctx.client_secret.reveal().encode()).hexdigest()}


async def exchange(ctx: StepContext) -> Answer | Mapping[str, Any]:
    answer = await ctx.send(params=proof(ctx))
    if answer.status != 200:
        return answer
    found: Mapping[str, Any] = json.loads(answer.json()["payload"])
    return found


async def with_proof(ctx: StepContext) -> Answer:
    return await ctx.send(params=proof(ctx))


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("crypt", env),
        display_name="Crypt",
        category="other",
        docs_url="https://docs.crypt.example/oauth",
        console_url="https://crypt.example/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://crypt.example/authorize",
        token_url="https://crypt.example/token",
        revocation_url="https://crypt.example/revoke",
        exchange_code=exchange,  # quirks 1 and 2
        refresh_tokens=with_proof,  # quirk 1
        revoke_token=with_proof,  # quirk 1
        scopes=("read", "write"),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://crypt.example/api/me", id="id", label="name"
        ),
        api_base_url="https://crypt.example/api",
    )
