"""Stripe Connect (Standard accounts) OAuth connector.

Quirks:
1. The platform's secret API key (``sk_…``) authenticates alone, as Bearer: it is
   ``OAUTH_STRIPE_CLIENT_SECRET``. Only the authorization page and deauthorization know the client
   id (``ca_…``).
2. There is one scope at a time: ``read_only`` or ``read_write``.
3. Access tokens do not expire. A refresh changes scope or mode, and is made only when a tool asks.
4. Deauthorizing names the account and not a token, and ends its whole connection with the platform.

Console: switch OAuth for Standard accounts on in the settings of Connect. The client id is there;
the secret is the platform's secret key (quirk 1), of the same mode, test or live.

Scopes: ``read_write``: Stripe grants read_only to few platforms any more, and charges cannot be
made with it.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("stripe", env),
        display_name="Stripe",
        category="finance",
        docs_url="https://docs.stripe.com/connect/oauth-reference",
        console_url="https://dashboard.stripe.com/settings/connect/onboarding-options/oauth",
        checked_on=date(2026, 11, 21),
        authorization_url="https://connect.stripe.com/oauth/authorize",
        token_url="https://connect.stripe.com/oauth/token",
        revocation_url="https://connect.stripe.com/oauth/deauthorize",
        revocation=Revocation(  # quirk 4
            token=None,
            params={"client_id": "${client_id}", "stripe_user_id": "${metadata.stripe_user_id}"},
        ),
        scopes=("read_write",),  # quirk 2
        authorization_method="secret_key",  # quirk 1
        supports_refresh=True,  # quirk 3
        refresh_rotation="none",
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.stripe.com/v1/account",
            id="id",
            label=("business_profile.name", "settings.dashboard.display_name", "email"),
        ),
        token_metadata={
            "stripe_user_id": "stripe_user_id",
            "livemode": "livemode",
            "stripe_publishable_key": "stripe_publishable_key",
        },
        api_base_url="https://api.stripe.com/v1",
    )
