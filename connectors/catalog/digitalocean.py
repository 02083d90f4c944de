"""DigitalOcean OAuth connector.

Quirks:
1. A grant is for one team: the identity is the team and the person. An account without a team is
   the person alone.

Console: an OAuth application under API in the control panel.

Unconfirmed: whether a used refresh token goes on working (the gateway uses none twice), and who
authenticates at the revocation endpoint that clients call: it is left out.

Scopes: ``read`` opens servers, databases and the account for reading.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("digitalocean", env),
        display_name="DigitalOcean",
        description="Cloud servers of a DigitalOcean team: droplets, databases, apps and domains.",
        category="devtools",
        docs_url="https://docs.digitalocean.com/reference/api/oauth/",
        console_url="https://cloud.digitalocean.com/account/api/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://cloud.digitalocean.com/v1/oauth/authorize",
        token_url="https://cloud.digitalocean.com/v1/oauth/token",
        scopes=("read",),
        scope_sets={
            "changes": ScopeSet(
                title="Changes", sentence="Create, change and delete resources", scopes=("write",)
            )
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.digitalocean.com/v2/account",
            id=("${account.team.uuid}:${account.uuid}", "account.uuid"),
            label=("account.email", "account.name"),
        ),
        api_base_url="https://api.digitalocean.com/v2",
    )
