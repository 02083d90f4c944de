"""OpenRouter connector: a pasted API key.

Quirks:
1. A list of models is answered without a key, too, so the key itself is read.
2. The creator of a key is no account: a person makes keys for several workspaces. The identity is a
   fingerprint of the key.
3. A management key administers other keys and calls no model.

Console: API keys, each with a limit of its own.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="openrouter",
        display_name="OpenRouter",
        description="One API for the language models of many providers.",
        category="ai",
        docs_url="https://openrouter.ai/docs/api/api-reference/api-keys/get-current-key",
        console_url="https://openrouter.ai/settings/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://openrouter.ai/api/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key that begins with sk-or-, not a management key.",
                    example="sk-or-v1-0123456789abcdef0123456789abcdef",
                    pattern=r"sk-or-[A-Za-z0-9-]{20,200}",
                    secret=True,
                    where="https://openrouter.ai/settings/keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirk 1
                url="https://openrouter.ai/api/v1/key", refused_statuses=(401,)
            ),
        ),
    )
