"""Tavily connector: a pasted API key.

Quirks:
1. The usage of the key costs no credit; it names no account.
2. 432 and 433 are answers to a right key whose plan or limit is used up.

Console: API keys, each with a limit of its own if one is set.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="tavily",
        display_name="Tavily",
        description="Web search for agents: results with their content, and the text of pages.",
        category="data",
        docs_url="https://docs.tavily.com/documentation/api-reference/introduction",
        console_url="https://app.tavily.com/home",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.tavily.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key that begins with tvly-.",
                    example="tvly-dev-0123456789abcdefghij",
                    pattern=r"tvly-[A-Za-z0-9_-]{16,100}",
                    secret=True,
                    where="https://app.tavily.com/home",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirks 1 and 2
                url="https://api.tavily.com/usage", refused_statuses=(401,)
            ),
        ),
    )
