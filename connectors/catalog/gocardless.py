"""GoCardless OAuth connector.

Quirks:
1. Tokens do not end; there is no refresh token.
2. A grant is for an organisation, which the token answer names: no call is needed. Its name stands
   elsewhere, so the label is the id.
3. The API wants its version in a header.
4. There is one scope at a time: ``read_only`` or ``read_write``.

Console: a partner app in the developer settings. Its mode, live or sandbox, is that of the host;
this is for live.

Unconfirmed: whether the authorization page minds PKCE, which the documentation does not speak of.

Scopes: ``read_only`` opens customers, mandates and payments for reading.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("gocardless", env),
        display_name="GoCardless",
        description="Direct debits with GoCardless: customers, mandates, payments and payouts.",
        category="finance",
        docs_url="https://developer.gocardless.com/partners/connecting-to-merchant-accounts/",
        console_url="https://manage.gocardless.com/developers",
        checked_on=date(2026, 11, 29),
        authorization_url="https://connect.gocardless.com/oauth/authorize",
        token_url="https://connect.gocardless.com/oauth/access_token",
        scopes=("read_only",),
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "GoCardless-Version": "2015-07-06",
        },  # quirk 3
        supports_refresh=False,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 2
            id="organisation_id", label="GoCardless ${organisation_id}"
        ),
        api_base_url="https://api.gocardless.com",
    )
