"""Hunter connector: a pasted API key.

Quirks:
1. The key goes into the query.
2. The answer about the account costs nothing, and has no id of it.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://hunter.io/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="hunter",
        display_name="Hunter",
        description="E-mail addresses of companies: find them and verify them.",
        category="data",
        docs_url="https://hunter.io/api-documentation/v2",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.hunter.io/v2",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account.",
                    example="0123456789abcdef0123456789abcdef76543210",
                    pattern=r"[0-9a-z]{40}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_query={"api_key": "${key}"},  # quirk 1
            verify=Verify(
                url="https://api.hunter.io/v2/account", refused_statuses=(401,)
            ),  # quirk 2
        ),
    )
