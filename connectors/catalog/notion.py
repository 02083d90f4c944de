"""Notion OAuth connector.

Docs: https://developers.notion.com/docs/authorization
Refresh: https://developers.notion.com/reference/refresh-a-token
Register an integration: https://www.notion.so/profile/integrations

Quirks:
1. The token endpoint wants Basic authentication and a JSON body; a form body is refused.
2. There are no scopes: an integration has capabilities, set where it is registered. A ``scope``
   parameter is not part of the protocol and is not sent.
3. ``owner=user`` is the only documented value and must be there.
4. Every REST call needs ``Notion-Version``; the token endpoint gets it too, so that the answer's
   shape does not change under us.
5. No ``expires_in``: the lifetime is not documented. A token is used until the API refuses it, and
   refreshed then. Treating "absent" as "expired" would refresh on every read.
6. ``workspace_name`` may be null; a label falls back to the person's name.
7. Two people of one workspace may connect it: the identity is the workspace and the person.
   With the workspace alone, one would overwrite the other.
8. Revocation authenticates like the token endpoint and takes JSON.

Scopes: none exist, none are requested.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date

from connectors import ConnectorConfig, Revocation, account_lookup, app

VERSION = "2025-09-03"  # the default of Notion's own SDK


def create_config(env: Mapping[str, str] = os.environ) -> ConnectorConfig:
    return ConnectorConfig(
        **app("notion", env),
        display_name="Notion",
        category="productivity",
        docs_url="https://developers.notion.com/docs/authorization",
        console_url="https://www.notion.so/profile/integrations",
        checked_on=date(2026, 11, 21),
        authorization_url="https://api.notion.com/v1/oauth/authorize",
        token_url="https://api.notion.com/v1/oauth/token",
        revocation_url="https://api.notion.com/v1/oauth/revoke",
        revocation=Revocation(body_format="json", token="access_token"),  # quirk 8
        scopes_sent=False,  # quirk 2
        extra_authorize_params={"owner": "user"},  # quirk 3
        authorization_method="header",  # quirk 1
        body_format="json",  # quirk 1
        token_headers={"Notion-Version": VERSION},  # quirk 4
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            id=("${workspace_id}:${owner.user.id}", "workspace_id"),  # quirk 7
            label=("workspace_name", "owner.user.name"),  # quirk 6
            metadata={"workspace_id": "workspace_id", "bot_id": "bot_id"},
        ),
        api_base_url="https://api.notion.com/v1",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "Notion-Version": VERSION,  # quirk 4
        },
    )
