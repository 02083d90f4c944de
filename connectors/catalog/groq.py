"""Groq connector: a pasted API key.

Quirks:
1. 403 is no refusal of the key: the network or the project's permissions stand in the way then.
2. The API names no account.

Console: API keys belong to a project.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="groq",
        display_name="Groq",
        description="Fast inference of open language, speech and vision models.",
        category="ai",
        docs_url="https://console.groq.com/docs/api-reference",
        console_url="https://console.groq.com/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.groq.com/openai/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your project. It begins with gsk_.",
                    example="gsk_0123456789abcdefghijABCDEFGHIJ0123456789abcdefghijAB",
                    pattern=r"gsk_[A-Za-z0-9]{20,100}",
                    secret=True,
                    where="https://console.groq.com/keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirk 1
                url="https://api.groq.com/openai/v1/models", refused_statuses=(401,)
            ),
        ),
    )
