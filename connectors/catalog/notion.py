"""Notion OAuth connector.

Refresh: https://developers.notion.com/reference/refresh-a-token

Quirks:
1. The token endpoint wants Basic authentication and a JSON body; revocation does, too.
2. There are no scopes: an integration's capabilities are set where it is registered.
3. ``owner=user`` is the only documented value and must be there.
4. Every REST call needs ``Notion-Version``. The token endpoint gets it so that its answer keeps its
   shape.
5. No ``expires_in``: a token is used until the API refuses it, and refreshed then.
6. ``workspace_name`` may be null; a label falls back to the person's name.
7. Two people may connect one workspace: the identity is the workspace and the person.
8. An internal integration has a secret that is pasted; its account is its bot.

Console: a public integration. Its capabilities, such as reading content, take the place of scopes.

Scopes: none exist, none are requested.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    KeyMethod,
    Revocation,
    Verify,
    account_lookup,
    app,
)

VERSION = "2025-09-03"  # the default of Notion's own SDK


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("notion", env),
        display_name="Notion",
        description="Pages and databases of a Notion workspace: read, search and write them.",
        category="productivity",
        docs_url="https://developers.notion.com/docs/authorization",
        console_url="https://www.notion.so/profile/integrations",
        checked_on=date(2026, 11, 21),
        authorization_url="https://api.notion.com/v1/oauth/authorize",
        token_url="https://api.notion.com/v1/oauth/token",
        revocation_url="https://api.notion.com/v1/oauth/revoke",
        revocation=Revocation(body_format="json", token="access_token"),  # quirk 1
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
        key=KeyMethod(  # quirk 8
            inputs={
                "key": ConnectionInput(
                    title="Integration secret",
                    description="The secret of an internal integration of your workspace.",
                    example="ntn_0123456789abcdefghijklmnop",
                    pattern=r"(ntn|secret)_[A-Za-z0-9]{20,100}",
                    secret=True,
                    where="https://www.notion.so/profile/integrations",
                )
            },
            api_headers={"Authorization": "Bearer ${key}", "Notion-Version": VERSION},
            verify=Verify(url="https://api.notion.com/v1/users/me", refused_statuses=(401,)),
            account=account_lookup(id="id", label=("bot.workspace_name", "name")),
        ),
        api_base_url="https://api.notion.com/v1",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "Notion-Version": VERSION,  # quirk 4
        },
    )
