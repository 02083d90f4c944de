"""OpenAI connector: an API key of a project.

Docs: https://platform.openai.com/docs/api-reference/authentication
Keys: https://platform.openai.com/api-keys

Quirks:
1. 403 is no refusal of the key: a restricted key without the permission for models gets it, and so
   does a right key from an unsupported country. Such a key is stored as not checked.
"""

from __future__ import annotations

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    """Describe OpenAI."""
    return KeyConnectorConfig(
        name="openai",
        display_name="OpenAI",
        description="Language, image, speech and embedding models of OpenAI.",
        category="ai",
        docs_url="https://platform.openai.com/docs/api-reference/authentication",
        console_url="https://platform.openai.com/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.openai.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A secret key of your project. It begins with sk-.",
                    example="sk-proj-0123456789abcdefghij",
                    pattern=r"sk-[A-Za-z0-9_-]{20,250}",
                    secret=True,
                    where="https://platform.openai.com/api-keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.openai.com/v1/models", refused_statuses=(401,)),
        ),
    )
