"""Pace OAuth connector.

Quirks:
1. A refresh issues no token: it lets the one that there is live for another 30 days, as at Coros.
   Its answer says no more than that it succeeded.

Scopes: ``read`` opens the account, ``write`` changes it.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ErrorInSuccess, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("pace", env),
        display_name="Pace",
        category="other",
        docs_url="https://docs.pace.example/oauth",
        console_url="https://pace.example/apps",
        checked_on=date(2026, 11, 28),
        authorization_url="https://pace.example/oauth2/authorize",
        token_url="https://pace.example/oauth2/accesstoken",
        refresh_url="https://pace.example/oauth2/refresh-token",
        revocation_url="https://pace.example/oauth2/revoke",
        error_in_success=ErrorInSuccess(flag="result", ok="0000", code="result"),
        error_codes={"5031": "invalid_grant", "5030": "invalid_client"},
        refresh_extends=True,  # quirk 1
        refresh_rotation="none",
        scopes=("read", "write"),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(url="https://pace.example/api/me", id="id", label="name"),
        api_base_url="https://pace.example/api",
    )
