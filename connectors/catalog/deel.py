"""Deel OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication; credentials in the body are refused.
2. Each API call names the app in ``x-client-id``, next to the token.
3. There is no revocation endpoint in the documentation; people remove the app in their settings.

Unconfirmed: whether the refresh token that was used goes on working. It is taken not to; then no
refresh whose answer was lost is repeated. One client sends the redirect URI with a refresh, too;
the gateway does not.

Console: an app in the Developer Center, of the kind "organisation", with its redirect URI.

Scopes: ``people:read`` lets the account be read, and ``contracts:read`` opens contracts.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("deel", env),
        display_name="Deel",
        description="People, contracts and time off of an organisation at Deel.",
        category="hr",
        docs_url="https://developer.deel.com/api/oauth",
        console_url="https://app.deel.com/developer-center",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.deel.com/oauth2/authorize",
        token_url="https://app.deel.com/oauth2/tokens",
        scopes=("people:read", "contracts:read"),
        scope_sets={
            "time-off": ScopeSet(
                title="Time off", sentence="See time off", scopes=("time-off:read",)
            )
        },
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.letsdeel.com/rest/v2/people/me",
            id="data.id",
            label=("data.email", "data.full_name"),
        ),
        api_base_url="https://api.letsdeel.com/rest/v2",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "x-client-id": "${client_id}",  # quirk 2
        },
    )
