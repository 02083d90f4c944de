"""Reel OAuth connector.

Quirks:
1. The token of the code lives for an hour and is exchanged for one of 60 days, which renews itself;
   there is no refresh token. As at Instagram and Threads.
2. Disconnecting deletes the permissions, by the token itself, as at Facebook.

Scopes: ``read`` opens the account, ``write`` changes it.
"""

from datetime import date

from connectors import ConnectorConfig, Env, LongLived, Revocation, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("reel", env),
        display_name="Reel",
        category="media",
        docs_url="https://docs.reel.example/oauth",
        console_url="https://reel.example/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://reel.example/oauth/authorize",
        token_url="https://api.reel.example/oauth/access_token",
        revocation_url="https://graph.reel.example/me/permissions",
        revocation=Revocation(method="DELETE", auth="access_token", token=None),  # quirk 2
        long_lived=LongLived(  # quirk 1
            exchange_url="https://graph.reel.example/access_token",
            exchange_params={
                "grant_type": "reel_exchange",
                "client_secret": "${client_secret}",
                "access_token": "${access_token}",
            },
            renew_url="https://graph.reel.example/refresh_access_token",
            renew_params={"grant_type": "reel_renew", "access_token": "${access_token}"},
        ),
        refresh_grace_seconds=86400,
        scopes=("read", "write"),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://graph.reel.example/me", id="id", label="name"
        ),
        api_base_url="https://graph.reel.example",
    )
