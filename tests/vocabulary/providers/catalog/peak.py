"""Peak OAuth connector.

Quirks:
1. The person types the whole host of an organisation, below named domains, like Salesforce's.

Scopes: ``read`` opens the account, ``write`` changes it.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("peak", env),
        display_name="Peak",
        category="other",
        docs_url="https://docs.peak.example/oauth",
        console_url="https://peak.example/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://${connection_config.host}/oauth/authorize",
        token_url="https://${connection_config.host}/oauth/token",
        revocation_url="https://${connection_config.host}/oauth/revoke",
        api_base_url="https://${connection_config.host}/services",
        connection_config={  # quirk 1
            "host": ConnectionInput(
                title="Host",
                description="The host of your organisation.",
                where="https://docs.peak.example/my-domain",
                example="acme.my.peak.example",
                hosts=("*.my.peak.example", "login.peak.example"),
            )
        },
        scopes=("read", "write"),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://${connection_config.host}/services/me", id="id", label="name"
        ),
    )
