"""SerpApi connector: a pasted API key.

Quirks:
1. The key goes into the query as ``api_key``.
2. The account API costs no search.

Console: every account has one private key.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="serpapi",
        display_name="SerpApi",
        description="Search results of Google, Bing and other search engines as data.",
        category="data",
        docs_url="https://serpapi.com/search-api",
        console_url="https://serpapi.com/manage-api-key",
        checked_on=date(2026, 11, 29),
        api_base_url="https://serpapi.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="Your private key.",
                    example="0123456789abcdef" * 3 + "fedcba9876543210",
                    pattern=r"[0-9a-f]{64}",
                    secret=True,
                    where="https://serpapi.com/manage-api-key",
                )
            },
            api_query={"api_key": "${key}"},  # quirk 1
            verify=Verify(  # quirk 2
                url="https://serpapi.com/account.json", refused_statuses=(401,)
            ),
            account=account_lookup(id="account_id", label="account_email"),
        ),
    )
