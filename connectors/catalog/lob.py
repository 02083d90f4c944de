"""Lob connector: a pasted secret API key.

Quirks:
1. The key is the user of HTTP Basic; the password is empty.
2. No call names the account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://dashboard.lob.com/settings/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="lob",
        display_name="Lob",
        description="Letters, postcards and checks by post, and addresses that are verified.",
        category="commerce",
        docs_url="https://docs.lob.com/#tag/Authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.lob.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Secret API key",
                    description="A live or a test key. Live ones send real mail.",
                    example="test_0123456789abcdef0123456789abcdef012",
                    pattern=r"(live|test)_[0-9a-f]{35}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_basic=("${key}", ""),  # quirk 1
            verify=Verify(url="https://api.lob.com/v1/addresses", refused_statuses=(401,)),
        ),
    )
