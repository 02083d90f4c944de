"""Shippo connector: a pasted API token.

Quirks:
1. The word before the token is ShippoToken.
2. No call names the account. The list of parcel templates is short.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://portal.goshippo.com/api-config/api"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="shippo",
        display_name="Shippo",
        description="Shipping: rates, labels and tracking of many carriers.",
        category="commerce",
        docs_url="https://docs.goshippo.com/docs/api_concepts/authentication/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.goshippo.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="A live or a test token of your account.",
                    example="shippo_test_0123456789abcdef0123456789abcdef01234567",
                    pattern=r"shippo_(live|test)_[0-9a-f]{40}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "ShippoToken ${key}"},  # quirk 1
            verify=Verify(url="https://api.goshippo.com/parcel-templates"),  # quirk 2
        ),
    )
