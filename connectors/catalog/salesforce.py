"""Salesforce OAuth connector.

Quirks:
1. People sign in at ``login.salesforce.com``, at ``test.salesforce.com`` for a sandbox, or at their
   My Domain, which some organisations demand. The code and the tokens are taken at the same host
   only. The Lightning address (``…lightning.force.com``) is none of them.
2. The API is at the organisation's own host, which the token answer names in ``instance_url``.
3. Without ``prompt=consent`` the account that is signed in is taken, and a second one can never be
   connected: the page of consent has the link to another account.
4. No answer tells the life of the access token, which a policy of the organisation decides.
5. A refresh token is used again and again. Leave "Enable Refresh Token Rotation" of the app off.
6. Revocation needs no client authentication.

Console: an External Client App with OAuth, the default scopes and "Require Proof Key for Code
Exchange". Only the organisation that has it, or has its package, can connect.

Scopes: ``api`` opens the REST API, ``refresh_token`` brings a refresh token, and ``openid`` opens
the userinfo endpoint.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, Revocation, account_lookup, app

LOGIN = "https://${connection_config.login_host}/services/oauth2"
INSTANCE = "https://${metadata.instance_url}"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("salesforce", env),
        display_name="Salesforce",
        description="Accounts, contacts, leads and other records of a Salesforce organization.",
        category="crm",
        docs_url="https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm",
        console_url="https://login.salesforce.com/lightning/setup/ManageExternalClientApplication/home",
        checked_on=date(2026, 11, 29),
        authorization_url=f"{LOGIN}/authorize",
        token_url=f"{LOGIN}/token",
        revocation_url=f"{LOGIN}/revoke",
        revocation=Revocation(auth="none"),  # quirk 6
        scopes=("api", "refresh_token", "openid"),
        extra_authorize_params={"prompt": "consent"},  # quirk 3
        supports_refresh=True,
        refresh_rotation="none",  # quirk 5
        supports_multiple_accounts=True,
        connection_config={  # quirk 1
            "login_host": ConnectionInput(
                title="Login host",
                description="Your My Domain, or test.salesforce.com for a sandbox. "
                "Leave it empty for login.salesforce.com.",
                where="In Setup, it is the Current My Domain URL on the page My Domain.",
                example="acme.my.salesforce.com",
                hosts=("login.salesforce.com", "test.salesforce.com", "*.my.salesforce.com"),
                default="login.salesforce.com",
            )
        },
        fetch_account_info=account_lookup(
            url=f"{INSTANCE}/services/oauth2/userinfo",
            id="${organization_id}:${user_id}",
            label=("preferred_username", "name"),
        ),
        token_metadata={"instance_url": "instance_url"},  # quirk 2
        api_base_url=INSTANCE,
        api_hosts=("*.my.salesforce.com",),
    )
