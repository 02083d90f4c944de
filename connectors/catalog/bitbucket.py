"""Bitbucket Cloud OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. The scopes are ticked at the consumer and need not be requested; the answer lists them in
   ``scopes``.
3. This is not the OAuth of Jira and Confluence: no audience, no ``offline_access``, no site.
4. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).
5. There is no revocation endpoint; people remove the app in their settings.

Unconfirmed: whether a refresh token that was used goes on working. It is taken to be dead, which
repeats no refresh.

Console: an OAuth consumer in the settings of a workspace, "This is a private consumer", with
"Account: Read" and "Repositories: Read".

Scopes: none are requested; the consumer's own are granted. "Account: Read" opens the account.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("bitbucket", env),
        display_name="Bitbucket",
        description="Repositories and pull requests in Bitbucket Cloud: read and change them.",
        category="devtools",
        docs_url="https://developer.atlassian.com/cloud/bitbucket/oauth-2/",
        console_url="https://bitbucket.org/account/workspaces/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://bitbucket.org/site/oauth2/authorize",
        token_url="https://bitbucket.org/site/oauth2/access_token",
        scopes_sent=False,  # quirk 2
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.bitbucket.org/2.0/user", id="uuid", label=("username", "display_name")
        ),
        api_base_url="https://api.bitbucket.org/2.0",
    )
