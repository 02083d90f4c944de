"""Intercom OAuth connector.

Quirks:
1. Each region has hosts of its own, and a workspace is known in its own region alone.
2. The protocol has no ``response_type``, no ``grant_type`` and no ``redirect_uri`` at the exchange.
3. An access token has no end, and there is no refresh token.
4. Two teammates of a workspace get tokens of their own: the identity is workspace and teammate.
5. Revoking uninstalls the app: it ends every connection of the workspace.
6. The answer to a dead code is not documented (seen in the wild: "Unauthorized Code").

Console: in the Developer Hub, tick "Use OAuth" and the permissions, which decide what a token may
do: the request names no scopes. Other regions need the app to be reviewed for them.

Scopes: none; the app's permissions in the Developer Hub decide.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, Revocation, account_lookup, app

API = "https://${connection_config.region.api}"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("intercom", env),
        display_name="Intercom",
        description="Conversations, contacts and articles of an Intercom workspace.",
        category="support",
        docs_url="https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth",
        console_url="https://app.intercom.com/a/developer-signup",
        checked_on=date(2026, 11, 29),
        authorization_url="https://${connection_config.region.app}/oauth",
        token_url=f"{API}/auth/eagle/token",
        revocation_url=f"{API}/auth/uninstall",
        revocation=Revocation(auth="access_token", token=None),  # quirk 5
        scopes_sent=False,
        omit_authorize_params=frozenset({"response_type"}),  # quirk 2
        omit_token_params=frozenset({"grant_type", "redirect_uri"}),  # quirk 2
        supports_refresh=False,  # quirk 3
        supports_multiple_accounts=True,
        connection_config={  # quirk 1
            "region": ConnectionInput(
                title="Region",
                description="The region of your workspace.",
                where="It is in the address of your inbox: app.eu.intercom.com is Europe.",
                choices={
                    "us": {
                        "title": "United States",
                        "app": "app.intercom.com",
                        "api": "api.intercom.io",
                    },
                    "eu": {
                        "title": "Europe",
                        "app": "app.eu.intercom.com",
                        "api": "api.eu.intercom.io",
                    },
                    "au": {
                        "title": "Australia",
                        "app": "app.au.intercom.com",
                        "api": "api.au.intercom.io",
                    },
                },
            )
        },
        fetch_account_info=account_lookup(
            url=f"{API}/me",
            id="${app.id_code}:${id}",  # quirk 4
            label=("${app.name} (${email})", "app.name"),
        ),
        api_base_url=API,
    )
