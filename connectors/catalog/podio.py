"""Podio OAuth connector.

Quirks:
1. Token requests are JSON, at ``/oauth/token/v2``.
2. The API takes ``OAuth2`` in place of ``Bearer``.
3. A refresh answers with the same refresh token.
4. There is no revocation endpoint; people remove the app in their account settings.

Unconfirmed: that the refresh token stays, and which of the scopes opens ``/user/status``: the
documentation names none for it.

Console: an API key at podio.com, for the domain of the redirect URI.

Scopes: ``global:read`` opens what the person sees, for reading. Finer ones are for single
organisations, spaces or apps, which the person has to choose.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("podio", env),
        display_name="Podio",
        description="Workspaces, apps, items and tasks of a Podio user.",
        category="productivity",
        docs_url="https://developers.podio.com/authentication/server_side",
        console_url="https://podio.com/settings/api",
        checked_on=date(2026, 11, 29),
        authorization_url="https://podio.com/oauth/authorize",
        token_url="https://api.podio.com/oauth/token/v2",  # quirk 1
        scopes=("global:read",),
        scope_sets={
            "write": ScopeSet(
                title="Everything",
                sentence="Create, change and delete all that you can",
                scopes=("global:all",),
            )
        },
        body_format="json",  # quirk 1
        supports_refresh=True,
        refresh_rotation="none",  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.podio.com/user/status",
            id="user.user_id",
            label=("user.mail", "profile.name"),
        ),
        api_base_url="https://api.podio.com",
        api_headers={"Authorization": "OAuth2 ${access_token}"},  # quirk 2
    )
