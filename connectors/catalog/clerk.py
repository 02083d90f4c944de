"""Clerk connector: a pasted secret key.

Quirks:
1. A key opens one instance of an app: development or production. No call names it.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://dashboard.clerk.com/last-active?path=api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="clerk",
        display_name="Clerk",
        description="Sign-in as a service: users, organizations and sessions of your app.",
        category="devtools",
        docs_url="https://clerk.com/docs/reference/backend-api",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.clerk.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Secret key",
                    description="The secret key of an instance of your app.",
                    example="sk_test_0123456789abcdefghijABCDEFGHIJ0123456789",
                    pattern=r"sk_(test|live)_[A-Za-z0-9]{20,100}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.clerk.com/v1/jwks", refused_statuses=(401,)),
        ),
    )
