"""Patreon OAuth connector.

Quirks:
1. The identity has an id alone unless its fields are named (JSON:API).
2. Each refresh yields a new refresh token.
3. There is no revocation endpoint; people remove the app in their settings.

Console: Portal, Clients & API Keys, a client of version 2 with its redirect URI.

Scopes: ``identity`` lets the account be read; ``campaigns`` shows what the person creates.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("patreon", env),
        display_name="Patreon",
        description="The campaigns, members and posts of a creator on Patreon.",
        category="media",
        docs_url="https://docs.patreon.com/#oauth",
        console_url="https://www.patreon.com/portal/registration/register-clients",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.patreon.com/oauth2/authorize",
        token_url="https://www.patreon.com/api/oauth2/token",
        scopes=("identity", "campaigns"),
        scope_sets={
            "members": ScopeSet(
                title="Members", sentence="See your members", scopes=("campaigns.members",)
            ),
            "posts": ScopeSet(
                title="Posts", sentence="Read your posts", scopes=("campaigns.posts",)
            ),
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=full_name",  # 1
            id="data.id",
            label="data.attributes.full_name",
        ),
        api_base_url="https://www.patreon.com/api/oauth2/v2",
    )
