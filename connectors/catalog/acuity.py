"""Acuity Scheduling OAuth connector.

Quirks:
1. There is one scope, ``api-v1``, for the whole API.
2. Tokens do not end; there is no refresh token.

Console: an OAuth client, which Acuity registers on request.

Unconfirmed: whether the authorization page minds PKCE, which the documentation does not speak of.
Nor that the account has an ``id``.

Scopes: ``api-v1`` opens the API.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("acuity", env),
        display_name="Acuity Scheduling",
        description="Appointments, availability and clients of Acuity Scheduling.",
        category="productivity",
        docs_url="https://developers.acuityscheduling.com/docs/oauth2",
        console_url="https://acuityscheduling.com/oauth2/register",
        checked_on=date(2026, 11, 29),
        authorization_url="https://acuityscheduling.com/oauth2/authorize",
        token_url="https://acuityscheduling.com/oauth2/token",
        scopes=("api-v1",),
        supports_refresh=False,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://acuityscheduling.com/api/v1/me", id="id", label=("email", "name")
        ),
        api_base_url="https://acuityscheduling.com/api/v1",
    )
