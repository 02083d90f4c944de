"""Mistral AI connector: a pasted API key.

Quirks:
1. The API names no account of a key: it belongs to a workspace.

Console: API keys of the workspace.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="mistral",
        display_name="Mistral AI",
        description="European language models: chats, embeddings, code and documents.",
        category="ai",
        docs_url="https://docs.mistral.ai/api/",
        console_url="https://console.mistral.ai/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.mistral.ai/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your workspace.",
                    example="0123456789abcdefghijABCDEFGHIJ01",
                    pattern=r"(?!sk-)[A-Za-z0-9_-]{24,200}",
                    secret=True,
                    where="https://console.mistral.ai/api-keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.mistral.ai/v1/models", refused_statuses=(401,)),
        ),
    )
