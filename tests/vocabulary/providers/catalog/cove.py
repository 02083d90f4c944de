"""Cove: the token is the user of Basic at the API, like Checkr's."""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("cove", env),
        display_name="Cove",
        category="other",
        docs_url="https://docs.cove.example/oauth",
        console_url="https://cove.example/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://auth.cove.example/authorize",
        token_url="https://auth.cove.example/token",
        revocation_url="https://auth.cove.example/revoke",
        api_base_url="https://api.cove.example",
        api_headers={"Authorization": "Basic ${basic(access_token:)}"},
        scopes=("read",),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(url="https://api.cove.example/me", id="id", label="name"),
    )
