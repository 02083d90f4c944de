"""Stripe Connect (Standard accounts) OAuth connector.

Quirks:
1. The platform's secret API key (``sk_…``) authenticates alone, as Bearer: it is
   ``OAUTH_STRIPE_CLIENT_SECRET``. Only the authorization page and deauthorization know the client
   id (``ca_…``).
2. There is one scope at a time: ``read_only`` or ``read_write``.
3. Access tokens do not expire. A refresh changes scope or mode, and is made only when a tool asks.
4. Deauthorizing names the account and not a token, and ends its whole connection with the platform.
5. A restricted key (``rk_…``) may not read its account: 403, which says nothing about the key. It
   stays "not checked" until a 401.

Console: switch OAuth for Standard accounts on in the settings of Connect. The client id is there;
the secret is the platform's secret key (quirk 1), of the same mode, test or live.

Scopes: ``read_write``: Stripe grants read_only to few platforms any more, and charges cannot be
made with it.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    KeyMethod,
    Revocation,
    Verify,
    account_lookup,
    app,
)

ACCOUNT = "https://api.stripe.com/v1/account"
LABEL = ("business_profile.name", "settings.dashboard.display_name", "email")
KEYS = "https://dashboard.stripe.com/apikeys"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("stripe", env),
        display_name="Stripe",
        description="Payments: customers, charges, invoices and payouts of a Stripe account.",
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
        fetch_account_info=account_lookup(url=ACCOUNT, id="id", label=LABEL),
        token_metadata={
            "stripe_user_id": "stripe_user_id",
            "livemode": "livemode",
            "stripe_publishable_key": "stripe_publishable_key",
        },
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Secret key",
                    description="A secret or restricted key of your account.",
                    example="sk_test_0123456789abcdefghijklmn",
                    pattern=r"(sk|rk)_(test|live)_[A-Za-z0-9]{16,240}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url=ACCOUNT, refused_statuses=(401,)),  # quirk 5
            account=account_lookup(id="id", label=LABEL[:2]),
        ),
        api_base_url="https://api.stripe.com/v1",
    )
