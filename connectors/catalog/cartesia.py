"""Cartesia connector: a pasted API key.

Quirks:
1. Every call needs ``Cartesia-Version``, a date.
2. The API names no account of a key.

Unconfirmed: the exact answer to a wrong key, and the form of every key. 401 is taken for a refusal.
The statuses of refusals and the members of the account's answer were described without the
provider's own documentation at hand.

Console: API keys.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="cartesia",
        display_name="Cartesia",
        description="Speech models of Cartesia: let a voice speak, clone it, transcribe speech.",
        category="ai",
        docs_url="https://docs.cartesia.ai/get-started/make-an-api-request",
        console_url="https://play.cartesia.ai/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.cartesia.ai",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account. It begins with sk_car_.",
                    example="sk_car_0123456789abcdefghij",
                    pattern=r"sk_car_[A-Za-z0-9_-]{16,200}",
                    secret=True,
                    where="https://play.cartesia.ai/keys",
                )
            },
            api_headers={
                "X-API-Key": "${key}",
                "Cartesia-Version": "2025-04-16",  # quirk 1
            },
            verify=Verify(url="https://api.cartesia.ai/voices", refused_statuses=(401,)),
        ),
    )
