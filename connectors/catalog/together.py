"""Together AI connector: a pasted API key.

Quirks:
1. Together's own client calls ``api.together.ai``; the older ``api.together.xyz`` is the same API.
2. ``/v3/whoami`` names the project of a key, but not for keys that belong to a user; so the key is
   checked by the list of models, and its fingerprint is the account.

Console: settings, API keys.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="together",
        display_name="Together AI",
        description="Open models for chats, text, embeddings and images, run fast and cheaply.",
        category="ai",
        docs_url="https://docs.together.ai/reference",
        console_url="https://api.together.ai/settings/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.together.ai/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your project.",
                    example="tgp_v1_0123456789abcdefghij0123456789abcdefghij",
                    pattern=r"(?!sk-)[A-Za-z0-9_-]{30,200}",
                    secret=True,
                    where="https://api.together.ai/settings/api-keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.together.ai/v1/models", refused_statuses=(401,)),
        ),
    )
