"""Attio OAuth connector.

Quirks:
1. The app's settings decide the scopes; the authorization page takes none.
2. Access tokens have no end, and there are no refresh tokens.
3. The grant belongs to the workspace: ``/v2/self`` describes it, and each person may connect it.
4. There is no revocation endpoint; people remove the app in the settings of the workspace.

Console: an app at build.attio.com with OAuth, its redirect URIs and scopes.

Scopes: none are sent. ``record_permission:read`` and ``object_configuration:read`` at the app make
a new connection useful.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("attio", env),
        display_name="Attio",
        description="People, companies, deals and lists of an Attio workspace.",
        category="crm",
        docs_url="https://docs.attio.com/docs/oauth/authorize",
        console_url="https://build.attio.com",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.attio.com/authorize",
        token_url="https://app.attio.com/oauth/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=False,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.attio.com/v2/self",
            id="workspace_id",  # quirk 3
            label="workspace_name",
        ),
        api_base_url="https://api.attio.com/v2",
    )
