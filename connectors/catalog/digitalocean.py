"""DigitalOcean OAuth connector.

Quirks:
1. A token is of one person in one team: both together are the account.
2. The revocation endpoint is documented with the access token as its authentication. It is left
   out: RFC 7009 has the client's there, and no source says that it is taken.

Unconfirmed: whether a used refresh token goes on working. It is taken to be dead; then no refresh
whose answer was lost is repeated.

Console: API, OAuth Applications. The scopes are sent, and the person chooses the team.

Scopes: ``read`` opens everything for reading, and lets the account be read.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("digitalocean", env),
        display_name="DigitalOcean",
        description="Servers, clusters, databases and domains of a DigitalOcean team.",
        category="devtools",
        docs_url="https://docs.digitalocean.com/reference/api/oauth/",
        console_url="https://cloud.digitalocean.com/account/api/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://cloud.digitalocean.com/v1/oauth/authorize",
        token_url="https://cloud.digitalocean.com/v1/oauth/token",
        scopes=("read",),
        scope_sets={
            "changes": ScopeSet(
                title="Changes",
                sentence="Create, change and delete the resources of your team",
                scopes=("write",),
            )
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.digitalocean.com/v2/account",
            id=("${account.team.uuid}:${account.uuid}", "account.uuid"),  # quirk 1
            label=("${account.email} (${account.team.name})", "account.email"),
        ),
        api_base_url="https://api.digitalocean.com/v2",
    )
