"""Campus: every customer runs it on a host of their own, like Canvas."""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("campus", env),
        display_name="Campus",
        category="other",
        docs_url="https://docs.campus.example/oauth",
        console_url="https://campus.example/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://${connection_config.host}/login/oauth2/auth",
        token_url="https://${connection_config.host}/login/oauth2/token",
        revocation_url="https://${connection_config.host}/login/oauth2/revoke",
        api_base_url="https://${connection_config.host}/api/v1",
        connection_config={
            "host": ConnectionInput(
                title="Host",
                description="The host of your school.",
                example="campus.school.example",
                hosts=("*",),
            )
        },
        scopes=("read",),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://${connection_config.host}/api/v1/me", id="id", label="name"
        ),
    )
