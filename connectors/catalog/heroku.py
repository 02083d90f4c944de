"""Heroku OAuth connector.

Quirks:
1. Every API call has to ask for version 3 in ``Accept``.
2. The documentation knows no PKCE, and no revocation endpoint for apps; people remove the app in
   their settings.

Unconfirmed: whether a used refresh token goes on working. It is taken to be dead; then no refresh
whose answer was lost is repeated. Client authentication, token life, refusals and the members of
the account's answer were described without the provider's own documentation at hand.

Console: Account settings, Applications, API Clients.

Scopes: ``identity`` lets the account be read; ``read`` shows apps and their resources, without
their configuration.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("heroku", env),
        display_name="Heroku",
        description="Apps, dynos, add-ons and releases at Heroku.",
        category="devtools",
        docs_url="https://devcenter.heroku.com/articles/oauth",
        console_url="https://dashboard.heroku.com/account/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://id.heroku.com/oauth/authorize",
        token_url="https://id.heroku.com/oauth/token",
        scopes=("identity", "read"),
        scope_sets={
            "changes": ScopeSet(
                title="Changes", sentence="Change your apps and resources", scopes=("write",)
            ),
            "configuration": ScopeSet(
                title="Configuration",
                sentence="Read the configuration of your apps, with its secrets",
                scopes=("read-protected",),
            ),
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.heroku.com/account", id="id", label=("email", "name")
        ),
        api_base_url="https://api.heroku.com",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "Accept": "application/vnd.heroku+json; version=3",  # quirk 1
        },
    )
