"""Canaille OAuth connector: an OpenID Connect server as a provider, outside of the package.

Docs: https://canaille.readthedocs.io/en/latest/

Quirks:
1. The client is registered for HTTP Basic; its secret in the body is refused.
2. Every refresh ends the old pair, so the previous access token stops working immediately.

Scopes: ``openid`` opens userinfo, ``profile`` and ``email`` give the account its label.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date

from connectors import ConnectorConfig, Revocation, account_lookup, app, require_env


def create_config(env: Mapping[str, str] = os.environ) -> ConnectorConfig:
    """The connector for the server at ``CANAILLE_URL``."""
    server = require_env(env, "CANAILLE_URL", "canaille")
    return ConnectorConfig(
        **app("canaille", env),
        display_name="Canaille",
        category="devtools",
        docs_url="https://canaille.readthedocs.io/en/latest/",
        console_url="https://canaille.readthedocs.io/en/latest/",
        checked_on=date(2026, 11, 21),
        authorization_url=f"{server}/oauth/authorize",
        token_url=f"{server}/oauth/token",
        revocation_url=f"{server}/oauth/revoke",
        revocation=Revocation(token="refresh_token"),
        scopes=("openid", "profile", "email"),
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url=f"{server}/oauth/userinfo", id="sub", label=("email", "name")
        ),
        api_base_url=server,
    )
