"""Pinterest OAuth connector.

Quirks:
1. Both token endpoints want Basic authentication; scopes are separated by commas in the request and
   by spaces in the answer.
2. A refresh answers with a new refresh token ("continuous refresh"), each for 60 days.
3. A refusal is ``{"code", "message"}`` with numbers of Pinterest's own, which are not documented.
   A 400 or 401 at a refresh is taken for a dead refresh token: taken for a passing fault, it would
   never ask the person to reconnect.
4. There is no revocation endpoint; people remove the app in their security settings.

Unconfirmed: what a dead refresh token is answered with (quirk 3), and whether one that was used
goes on working. It is taken not to; then no refresh whose answer was lost is repeated.

Console: an app with trial access or more, and its redirect URI.

Scopes: ``user_accounts:read`` lets the account be read, and ``boards:read`` and ``pins:read`` open
its boards and Pins.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("pinterest", env),
        display_name="Pinterest",
        description="Boards and Pins of a Pinterest account.",
        category="media",
        docs_url="https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/",
        console_url="https://developers.pinterest.com/apps/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.pinterest.com/oauth/",
        token_url="https://api.pinterest.com/v5/oauth/token",
        scope_separator=",",  # quirk 1
        scopes=("user_accounts:read", "boards:read", "pins:read"),
        scope_sets={
            "pins": ScopeSet(
                title="Create Pins",
                sentence="Create, change and delete Pins and boards",
                scopes=("pins:write", "boards:write"),
            )
        },
        authorization_method="header",  # quirk 1
        refresh_rejected_statuses=frozenset({400, 401}),  # quirk 3
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.pinterest.com/v5/user_account", id="id", label="username"
        ),
        api_base_url="https://api.pinterest.com/v5",
    )
