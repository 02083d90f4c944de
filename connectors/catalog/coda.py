"""Coda connector: a pasted API token.

Quirks:
1. The answer has no id of the person. The workspace has one, and the login tells the people of a
   workspace apart.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://coda.io/account"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="coda",
        display_name="Coda",
        description="Docs with tables: read rows, add them and press buttons.",
        category="productivity",
        docs_url="https://coda.io/developers/apis/v1",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://coda.io/apis/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="A token of your account.",
                    example="01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    secret=True,
                    where="Account settings, API settings.",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://coda.io/apis/v1/whoami", refused_statuses=(401,)),
            account=account_lookup(
                id="${workspace.id}:${loginId}", label=("name", "loginId")
            ),  # quirk 1
        ),
    )
