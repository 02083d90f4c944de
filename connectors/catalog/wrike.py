"""Wrike OAuth connector.

Quirks:
1. The API is at the host of the account's data centre, which the token answer names in ``host``;
   people sign in at one host.
2. Scopes are separated by commas. Without any, a token could change everything.
3. The account's call answers with a list that has one item.
4. No answer lists the granted scopes: a person grants all or nothing.
5. There is no revocation endpoint; people remove the app in their settings.
6. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: whether a used refresh token goes on working; it is taken to be dead, which repeats no
refresh.

Scopes: ``wsReadOnly`` reads tasks, folders, comments and the account.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app

API = "https://${metadata.host}/api/v4"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("wrike", env),
        display_name="Wrike",
        description="Tasks and projects in Wrike: read, create and change them.",
        category="productivity",
        docs_url="https://developers.wrike.com/oauth-20-authorization",
        console_url="https://www.wrike.com/frontend/apps/index.html#api",
        checked_on=date(2026, 11, 29),
        authorization_url="https://login.wrike.com/oauth2/authorize/v4",
        token_url="https://login.wrike.com/oauth2/token",
        scopes=("wsReadOnly",),
        scope_separator=",",  # quirk 2
        scope_sets={
            "changes": ScopeSet(
                title="Changes",
                sentence="Create and change tasks, folders and comments",
                scopes=("wsReadWrite",),
            )
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url=f"{API}/contacts?me=true",
            id="data[0].id",  # quirk 3
            label=("${data[0].firstName} ${data[0].lastName}", "data[0].firstName"),
        ),
        token_metadata={"host": "host"},  # quirk 1
        api_base_url=API,
        api_hosts=("*.wrike.com",),
    )
