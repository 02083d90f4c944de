"""Airtable OAuth connector.

Docs: https://airtable.com/developers/web/api/oauth-reference
Register an integration: https://airtable.com/create/oauth

Quirks:
1. PKCE is required, with S256 as the only method.
2. An integration with a secret must use Basic authentication; the secret in the body is refused.
3. A refresh ends both old tokens at once, and using an old refresh token again ends the whole grant:
   two refreshes at the same time would cost the connection.
4. ``token_type`` is documented as ``"Bearer "`` with a space at its end; the engine trims it.
5. The e-mail address is there only with ``user.email:read``; without it the id is the label.
6. Revoking is what several integrations do and Airtable's reference does not show: best effort.

Scopes: ``user.email:read`` gives the label by which people recognise the account;
``schema.bases:read`` and ``data.records:read`` are the least with which a tool can find a base and
read it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date

from connectors import ConnectorConfig, account_lookup, app


def create_config(env: Mapping[str, str] = os.environ) -> ConnectorConfig:
    return ConnectorConfig(
        **app("airtable", env),
        display_name="Airtable",
        category="data",
        docs_url="https://airtable.com/developers/web/api/oauth-reference",
        console_url="https://airtable.com/create/oauth",
        checked_on=date(2026, 11, 21),
        authorization_url="https://airtable.com/oauth2/v1/authorize",
        token_url="https://airtable.com/oauth2/v1/token",
        revocation_url="https://airtable.com/oauth2/v1/revoke",  # quirk 6
        scopes=("user.email:read", "schema.bases:read", "data.records:read"),
        authorization_method="header",  # quirk 2
        supports_refresh=True,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.airtable.com/v0/meta/whoami",
            id="id",
            label="email",  # quirk 5
        ),
        api_base_url="https://api.airtable.com/v0",
    )
