"""Databricks OAuth connector, for a workspace (user to machine).

Quirks:
1. Every workspace has a host. An app belongs to a Databricks account: where several accounts are to
   connect, each brings an app of its own.
2. Without ``offline_access`` there is no refresh token.
3. A refresh token may be made to work once by the settings of the app; the gateway uses none twice.
4. There is no revocation endpoint; tokens end by themselves.

Console: the account console, Settings, App connections, Add connection, with a client secret.

Unconfirmed: whether the token answer names the scopes.

Scopes: ``all-apis`` is what the person may do in the workspace: narrower ones open parts only, such
as ``sql``. ``offline_access`` brings the refresh token.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, account_lookup, app

HOST = "https://${connection_config.workspace}"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("databricks", env),
        display_name="Databricks",
        description="A Databricks workspace: run SQL on a warehouse, and start jobs.",
        category="data",
        docs_url="https://docs.databricks.com/aws/en/dev-tools/auth/oauth-u2m",
        console_url="https://accounts.cloud.databricks.com/settings/app-integrations",
        checked_on=date(2026, 11, 29),
        authorization_url=f"{HOST}/oidc/v1/authorize",
        token_url=f"{HOST}/oidc/v1/token",
        scopes=("all-apis", "offline_access"),  # quirk 2
        supports_refresh=True,  # quirk 3
        supports_multiple_accounts=True,
        connection_config={  # quirk 1
            "workspace": ConnectionInput(
                title="Workspace URL",
                description="The host of your workspace, as in the browser.",
                example="dbc-a1b2345c-d6e7.cloud.databricks.com",
                hosts=("*.cloud.databricks.com", "*.gcp.databricks.com", "*.azuredatabricks.net"),
            )
        },
        fetch_account_info=account_lookup(
            url=f"{HOST}/api/2.0/preview/scim/v2/Me",
            id="${connection_config.workspace}:${id}",
            label=("userName", "displayName"),
        ),
        api_base_url=HOST,
    )
