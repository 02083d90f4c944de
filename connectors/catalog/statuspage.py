"""Statuspage connector: a pasted API key.

Quirks:
1. The word before the key is OAuth, though it is none.
2. No call names the person; the list of pages is the cheapest.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://manage.statuspage.io"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="statuspage",
        display_name="Statuspage",
        description="Status pages: components, incidents and who is told about them.",
        category="devtools",
        docs_url="https://developer.statuspage.io/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.statuspage.io/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="Your own key.",
                    example="01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    secret=True,
                    where="Your avatar, API info.",
                )
            },
            api_headers={"Authorization": "OAuth ${key}"},  # quirk 1
            verify=Verify(
                url="https://api.statuspage.io/v1/pages", refused_statuses=(401,)
            ),  # quirk 2
        ),
    )
