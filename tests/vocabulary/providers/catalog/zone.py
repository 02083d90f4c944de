"""Zone OAuth connector.

Quirks:
1. Each region has hosts of its own, for sign-in and for the API, like Zoho's data centres.

Scopes: ``read`` opens the account, ``write`` changes it.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("zone", env),
        display_name="Zone",
        category="other",
        docs_url="https://docs.zone.example/oauth",
        console_url="https://zone.example/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://${connection_config.dc.accounts}/oauth/auth",
        token_url="https://${connection_config.dc.accounts}/oauth/token",
        revocation_url="https://${connection_config.dc.accounts}/oauth/revoke",
        api_base_url="https://${connection_config.dc.api}/v1",
        connection_config={  # quirk 1
            "dc": ConnectionInput(
                title="Data centre",
                description="The region of your account.",
                where="It is the ending of the address at which you sign in.",
                choices={
                    "eu": {
                        "title": "Europe",
                        "accounts": "accounts.zone.eu",
                        "api": "www.zoneapis.eu",
                    },
                    "in": {"title": "India", "accounts": "accounts.zone.in", "api": "api.zone.in"},
                },
            )
        },
        scopes=("read", "write"),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://${connection_config.dc.api}/v1/me", id="id", label="name"
        ),
    )
