"""Patreon OAuth connector.

Quirks:
<<<<<<< HEAD
1. The identity has an id alone unless its fields are named (JSON:API).
2. Each refresh yields a new refresh token.
3. There is no revocation endpoint; people remove the app in their settings.

Console: Portal, Clients & API Keys, a client of version 2 with its redirect URI.

Scopes: ``identity`` lets the account be read; ``campaigns`` shows what the person creates.
=======
1. The API answers with what ``fields`` name and nothing else.

Unconfirmed: whether a used refresh token goes on working. The gateway uses none twice.

Scopes: ``identity`` lets the account be read, ``campaigns`` the creator's campaign.
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("patreon", env),
        display_name="Patreon",
<<<<<<< HEAD
        description="The campaigns, members and posts of a creator on Patreon.",
=======
        description="A creator's campaign, tiers and members at Patreon.",
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
        category="media",
        docs_url="https://docs.patreon.com/#oauth",
        console_url="https://www.patreon.com/portal/registration/register-clients",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.patreon.com/oauth2/authorize",
        token_url="https://www.patreon.com/api/oauth2/token",
        scopes=("identity", "campaigns"),
        scope_sets={
            "members": ScopeSet(
<<<<<<< HEAD
                title="Members", sentence="See your members", scopes=("campaigns.members",)
            ),
            "posts": ScopeSet(
                title="Posts", sentence="Read your posts", scopes=("campaigns.posts",)
            ),
=======
                title="Members",
                sentence="See the members of your campaign",
                scopes=("campaigns.members",),
            )
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
<<<<<<< HEAD
            url="https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=full_name",  # 1
            id="data.id",
            label="data.attributes.full_name",
=======
            url="https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=full_name,vanity",
            id="data.id",
            label=("data.attributes.full_name", "data.attributes.vanity"),
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
        ),
        api_base_url="https://www.patreon.com/api/oauth2/v2",
    )
