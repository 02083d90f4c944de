"""RingCentral OAuth connector.

Quirks:
1. The app's settings decide the permissions; none is sent, and the token answer lists them.
2. Both token endpoints want Basic authentication.
3. A refresh token works once and lives for a week; each refresh yields another for a week.
4. The account is the extension, which belongs to one person.

Console: an app of the type "REST API App" with 3-legged OAuth, its redirect URI and permissions.

Scopes: none are sent. The permission ``ReadAccounts`` lets the account be read.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("ringcentral", env),
        display_name="RingCentral",
        description="Calls, messages and fax of a RingCentral extension.",
        category="communication",
        docs_url="https://developers.ringcentral.com/guide/authentication/auth-code-flow",
        console_url="https://developers.ringcentral.com/my-account.html#/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://platform.ringcentral.com/restapi/oauth/authorize",
        token_url="https://platform.ringcentral.com/restapi/oauth/token",
        revocation_url="https://platform.ringcentral.com/restapi/oauth/revoke",
        scopes_sent=False,  # quirk 1
        authorization_method="header",  # quirk 2
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://platform.ringcentral.com/restapi/v1.0/account/~/extension/~",
            id="id",
            label=("name", "extensionNumber"),
        ),
        api_base_url="https://platform.ringcentral.com/restapi/v1.0",
    )
