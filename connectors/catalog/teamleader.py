"""Teamleader Focus OAuth connector.

Quirks:
1. The scopes are chosen where the integration is registered; none are sent.
2. A refresh token works once; the answer brings the next.

Console: an integration in the Marketplace, with the scopes that tools need.

Scopes: none are requested: those of the integration decide.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("teamleader", env),
        display_name="Teamleader Focus",
        description="Contacts, deals, projects and invoices of Teamleader Focus.",
        category="crm",
        docs_url="https://developer.focus.teamleader.eu/docs/authentication",
        console_url="https://marketplace.focus.teamleader.eu/eu/en/build",
        checked_on=date(2026, 11, 29),
        authorization_url="https://focus.teamleader.eu/oauth2/authorize",
        token_url="https://focus.teamleader.eu/oauth2/access_token",
        scopes_sent=False,
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.focus.teamleader.eu/users.me",
            method="POST",
            json={},
            id="data.id",
            label=("data.email", "data.first_name"),
        ),
        api_base_url="https://api.focus.teamleader.eu",
    )
