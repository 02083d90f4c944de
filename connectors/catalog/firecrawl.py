"""Firecrawl connector: a pasted API key.

Quirks:
1. The credits of the team cost nothing to read; the answer names no team.
2. 402 is the answer to a right key without credits.

Console: API keys of the team.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="firecrawl",
        display_name="Firecrawl",
        description="Web pages and whole sites as Markdown, for agents.",
        category="data",
        docs_url="https://docs.firecrawl.dev/api-reference/endpoint/credit-usage",
        console_url="https://www.firecrawl.dev/app/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.firecrawl.dev/v2",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key that begins with fc-.",
                    example="fc-0123456789abcdef0123456789abcdef",
                    pattern=r"fc-[A-Za-z0-9-]{20,100}",
                    secret=True,
                    where="https://www.firecrawl.dev/app/api-keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirks 1 and 2
                url="https://api.firecrawl.dev/v2/team/credit-usage", refused_statuses=(401,)
            ),
        ),
    )
