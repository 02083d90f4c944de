"""Fireworks AI connector: a pasted API key.

Quirks:
1. Models run below ``/inference/v1``; accounts and the rest of the platform are below ``/v1``.
2. The API names no account of a key; it lists those that the key may see, and the first is the
   owner's.

Unconfirmed: that every right key may list accounts. A refusal other than 401 leaves the key not
checked.

Console: settings, API keys.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="fireworks",
        display_name="Fireworks AI",
        description="Open models for chats and embeddings, made for production.",
        category="ai",
        docs_url="https://docs.fireworks.ai/api-reference/introduction",
        console_url="https://app.fireworks.ai/settings/users/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.fireworks.ai/inference/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account. It begins with fw_.",
                    example="fw_0123456789abcdefghijABCD",
                    pattern=r"fw_[A-Za-z0-9]{20,200}",
                    secret=True,
                    where="https://app.fireworks.ai/settings/users/api-keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.fireworks.ai/v1/accounts", refused_statuses=(401,)),
            account=account_lookup(
                id="accounts[0].name",  # quirk 2
                label="accounts[0].displayName",
            ),
        ),
    )
