"""Anthropic (Claude API) connector: a pasted API key.

Quirks:
1. The key goes into ``x-api-key``, not into ``Authorization``.
2. Every call needs ``anthropic-version``.
3. The API names no account of a key: a key belongs to one workspace.

Console: a key under API keys. An admin key (``sk-ant-admin…``) opens another API.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="anthropic",
        display_name="Anthropic",
        description="Large language models: let Claude answer, read images and use tools.",
        category="ai",
        docs_url="https://platform.claude.com/docs/en/api/overview",
        console_url="https://platform.claude.com/settings/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.anthropic.com/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your workspace.",
                    example="sk-ant-api03-0123456789abcdefghij",
                    pattern=r"sk-ant-(?!admin)[A-Za-z0-9_-]{20,200}",
                    secret=True,
                    where="https://platform.claude.com/settings/keys",
                )
            },
            api_headers={"x-api-key": "${key}", "anthropic-version": "2023-06-01"},  # quirks 1, 2
            verify=Verify(url="https://api.anthropic.com/v1/models", refused_statuses=(401,)),
        ),
    )
