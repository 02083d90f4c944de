"""Tide: typed values in parameters and headers, like BigCommerce's and Google Ads'."""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("tide", env),
        display_name="Tide",
        category="other",
        docs_url="https://docs.tide.example/oauth",
        console_url="https://tide.example/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://auth.tide.example/authorize",
        token_url="https://auth.tide.example/token",
        revocation_url="https://auth.tide.example/revoke",
        extra_authorize_params={"context": "stores/${connection_config.store}"},
        extra_token_params={"context": "stores/${connection_config.store}"},
        token_headers={"tide_store.id": "${connection_config.store}"},
        api_base_url="https://api.tide.example",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "tide_store.id": "${connection_config.store}",
            "X-Manager": "${connection_config.manager}",
        },
        connection_config={
            "store": ConnectionInput(
                title="Store",
                description="The hash of your store.",
                example="Blue7",
                pattern="[A-Za-z0-9]{1,20}",
                keep_case=True,
            ),
            "manager": ConnectionInput(
                title="Manager",
                description="The number of the account that manages yours.",
                example="123",
                pattern="[0-9]{1,10}",
                default="",
            ),
        },
        scopes=("read",),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(url="https://api.tide.example/me", id="id", label="name"),
    )
