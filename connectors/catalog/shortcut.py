"""Shortcut connector: a pasted API token.

Quirks:
1. The token goes into a header named Shortcut-Token.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://app.shortcut.com/settings/account/api-tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="shortcut",
        display_name="Shortcut",
        description="Stories, epics and iterations of a software team.",
        category="productivity",
        docs_url="https://developer.shortcut.com/api/rest/v3",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.app.shortcut.com/api/v3",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API token",
                    description="A token of your account in one workspace.",
                    example="01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Shortcut-Token": "${key}"},  # quirk 1
            verify=Verify(
                url="https://api.app.shortcut.com/api/v3/member", refused_statuses=(401,)
            ),
            account=account_lookup(id="id", label=("name", "mention_name")),
        ),
    )
