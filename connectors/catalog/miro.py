"""Miro OAuth connector.

Quirks:
1. The scopes are ticked at the app; the authorization page has no parameter for them.
2. A refresh ends the access token and the refresh token that were there before.
3. One person may install the app in several teams: the identity is the team and the person.
4. Revoking wants the secret as ``clientSecret``, which no field can say; people uninstall the app
   in their team.
5. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Console: tick "Expire user authorization token" when the app is created: without it, tokens have no
end and no refresh token. Tick ``boards:read``.

Scopes: none are requested; the app's own are granted. ``boards:read`` is the least that is useful.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("miro", env),
        display_name="Miro",
        description="Boards of a Miro team: read what is on them, and add to them.",
        category="design",
        docs_url="https://developers.miro.com/docs/getting-started-with-oauth",
        console_url="https://miro.com/app/settings/user-profile/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://miro.com/oauth/authorize",
        token_url="https://api.miro.com/v1/oauth/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.miro.com/v1/oauth-token",
            id="${team.id}:${user.id}",  # quirk 3
            label=("team.name", "user.name"),
        ),
        api_base_url="https://api.miro.com",
    )
