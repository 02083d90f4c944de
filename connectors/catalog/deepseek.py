"""DeepSeek connector: a pasted API key.

Quirks:
1. Every key may read the balance, which costs nothing. 402 is the answer to a right key of an empty
   account.
2. The API names no account.

Console: API keys. A key is shown once.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="deepseek",
        display_name="DeepSeek",
        description="Language and reasoning models of DeepSeek.",
        category="ai",
        docs_url="https://api-docs.deepseek.com/api/get-user-balance",
        console_url="https://platform.deepseek.com/api_keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.deepseek.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account. It begins with sk-.",
                    example="sk-0123456789abcdef0123456789abcdef",
                    pattern=r"sk-[A-Za-z0-9]{20,100}",
                    secret=True,
                    where="https://platform.deepseek.com/api_keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirk 1
                url="https://api.deepseek.com/user/balance", refused_statuses=(401,)
            ),
        ),
    )
