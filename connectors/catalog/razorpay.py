"""Razorpay connector: a pasted key id and secret.

Quirks:
1. Id and secret are user and password of HTTP Basic.
2. A wrong pair is 401 with the code of a bad request.
3. No call names the merchant, who has one key for each mode: the id of the key is the account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://dashboard.razorpay.com/app/website-app-settings/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="razorpay",
        display_name="Razorpay",
        description="Payments in India: orders, payments, refunds and payment links.",
        category="finance",
        docs_url="https://razorpay.com/docs/api/authentication/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.razorpay.com/v1",
        key=KeyMethod(
            inputs={
                "key_id": ConnectionInput(
                    title="Key ID",
                    description="The id of the key. It begins with rzp_.",
                    example="rzp_test_AbCdEf01234567",
                    pattern=r"rzp_(test|live)_[A-Za-z0-9]{14}",
                    keep_case=True,
                    where=KEYS,
                ),
                "key_secret": ConnectionInput(
                    title="Key secret",
                    description="The secret of the same key.",
                    example="AbCdEfGhIj0123456789KlMn",
                    pattern=r"[A-Za-z0-9]{20,40}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_basic=("${key_id}", "${key_secret}"),  # quirk 1
            verify=Verify(
                url="https://api.razorpay.com/v1/items", refused_statuses=(401,)
            ),  # quirk 2
            account=account_lookup(
                id="${connection_config.key_id}", label="Key ${connection_config.key_id}"
            ),  # quirk 3
        ),
    )
