"""Stripe Connect (Standard accounts) OAuth connector.

Docs: https://docs.stripe.com/connect/oauth-reference
Register a platform: https://dashboard.stripe.com/settings/connect/onboarding-options/oauth

Quirks:
1. The platform's secret API key (``sk_…``) authenticates alone, as Bearer; it is what
   ``OAUTH_STRIPE_CLIENT_SECRET`` holds. The client id (``ca_…``) is known to the authorization page and
   to deauthorization only.
2. There is one scope at a time: ``read_only`` or ``read_write``.
3. Access tokens do not expire. The refresh token exists for changing scope or mode; a refresh is
   made only when a tool asks for one.
4. Deauthorizing names the account and not a token. It ends the account's whole connection with the
   platform.

Scopes: ``read_write``: Stripe grants read_only to few platforms any more, and charges cannot be made
with it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date

from connectors import ConnectorConfig, Revocation, account_lookup, app


def create_config(env: Mapping[str, str] = os.environ) -> ConnectorConfig:
    return ConnectorConfig(
        **app("stripe", env),
        display_name="Stripe",
        category="finance",
        docs_url="https://docs.stripe.com/connect/oauth-reference",
        console_url="https://dashboard.stripe.com/settings/connect/onboarding-options/oauth",
        checked_on=date(2026, 11, 21),
        authorization_url="https://connect.stripe.com/oauth/authorize",
        token_url="https://connect.stripe.com/oauth/token",
        revocation_url="https://connect.stripe.com/oauth/deauthorize",
        revocation=Revocation(  # quirk 4
            token=None,
            params={"client_id": "${client_id}", "stripe_user_id": "${metadata.stripe_user_id}"},
        ),
        scopes=("read_write",),  # quirk 2
        authorization_method="secret_key",  # quirk 1
        supports_refresh=True,  # quirk 3
        refresh_rotation="none",
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.stripe.com/v1/account",
            id="id",
            label=("business_profile.name", "settings.dashboard.display_name", "email"),
        ),
        token_metadata={
            "stripe_user_id": "stripe_user_id",
            "livemode": "livemode",
            "stripe_publishable_key": "stripe_publishable_key",
        },
        api_base_url="https://api.stripe.com/v1",
    )
