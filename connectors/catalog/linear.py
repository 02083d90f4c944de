"""Linear OAuth connector.

Docs: https://linear.app/developers/oauth-2-0-authentication
Register an app: https://linear.app/settings/api/applications/new

Quirks:
1. Scopes are requested with commas; the answer lists them with spaces. With spaces in the request
   they are one unknown scope.
2. ``prompt=consent`` lets the person choose the workspace again. Without it, connecting a second
   workspace silently returns the first one.
3. Every app has refresh tokens since April 2026: 24 hours per access token, a new refresh token with
   each refresh. The same refresh may be repeated for 30 minutes.
4. The account is read by GraphQL, where a failure is HTTP 200 with ``errors``.
5. Revoking takes the token alone, without client authentication.
6. Apps made before December 2023 get ``scope`` as a JSON array. The engine reads both.

Scopes: ``read`` lets a tool look at issues and projects, and lets the account be read; ``issues:create`` is
what tools are most often connected for, and much less than ``write``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date

from connectors import ConnectorConfig, Revocation, account_lookup, app


def create_config(env: Mapping[str, str] = os.environ) -> ConnectorConfig:
    return ConnectorConfig(
        **app("linear", env),
        display_name="Linear",
        category="productivity",
        docs_url="https://linear.app/developers/oauth-2-0-authentication",
        console_url="https://linear.app/settings/api/applications/new",
        checked_on=date(2026, 11, 21),
        authorization_url="https://linear.app/oauth/authorize",
        token_url="https://api.linear.app/oauth/token",
        revocation_url="https://api.linear.app/oauth/revoke",
        revocation=Revocation(auth="none"),  # quirk 5
        scopes=("read", "issues:create"),
        scope_separator=",",  # quirk 1
        extra_authorize_params={"prompt": "consent"},  # quirk 2
        supports_refresh=True,  # quirk 3
        refresh_grace_seconds=1800,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 4
            url="https://api.linear.app/graphql",
            method="POST",
            json={"query": "{ viewer { id name email } organization { id name urlKey } }"},
            id="${data.organization.id}:${data.viewer.id}",
            label=("data.organization.name", "data.viewer.name"),
            metadata={
                "organization_url_key": "data.organization.urlKey",
                "email": "data.viewer.email",
            },
        ),
        api_base_url="https://api.linear.app",
    )
