"""Figma OAuth connector.

Docs: https://developers.figma.com/docs/rest-api/authentication
Register an app: https://www.figma.com/developers/apps

Quirks:
1. Basic authentication at both token endpoints.
2. Refreshing has an address of its own, whose only parameter is ``refresh_token``. At the token
   endpoint it fails, 90 days after connecting.
3. A refresh answers without a refresh token: the stored one stays.
4. Errors are no RFC 6749 errors but ``{"error": true, "status", "message"}``: what a 400 from the refresh
   address means is not documented; integrators take it for a dead refresh token. If it were taken
   for a fault that passes, nobody would ever be asked to reconnect.
5. A code lives for 30 seconds: it is exchanged inside the callback.
6. Scopes are separated by commas in the documented example; spaces are taken, too.
7. There is no revocation endpoint; people remove the app in their settings.

Scopes: ``current_user:read`` lets the account be read; ``file_content:read`` is the smallest that makes a
new connection useful. ``files:read`` is deprecated.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date

from connectors import ConnectorConfig, account_lookup, app


def create_config(env: Mapping[str, str] = os.environ) -> ConnectorConfig:
    return ConnectorConfig(
        **app("figma", env),
        display_name="Figma",
        category="design",
        docs_url="https://developers.figma.com/docs/rest-api/authentication",
        console_url="https://www.figma.com/developers/apps",
        checked_on=date(2026, 11, 21),
        authorization_url="https://www.figma.com/oauth",
        token_url="https://api.figma.com/v1/oauth/token",
        refresh_url="https://api.figma.com/v1/oauth/refresh",  # quirk 2
        scope_separator=",",  # quirk 6
        omit_refresh_params=frozenset({"grant_type"}),  # quirk 2
        refresh_rejected_statuses=frozenset({400}),  # quirk 4
        scopes=("current_user:read", "file_content:read"),
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        refresh_rotation="none",
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.figma.com/v1/me",
            id="id",
            label=("email", "handle"),
            metadata={"handle": "handle"},
        ),
        api_base_url="https://api.figma.com/v1",
    )
