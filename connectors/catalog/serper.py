"""Serper connector: a pasted API key.

Quirks:
1. The key goes into ``X-API-KEY``.
2. A wrong key is 403, not 401.
3. The account's address costs no credit; it tells the balance and no account.
4. Pages are scraped at a host of their own, with the same key.

Console: API key.

Scopes: none exist.

Unconfirmed: the documentation is behind a sign-in. The account's address and the answer to a wrong
key are what programs on GitHub use and have recorded.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="serper",
        display_name="Serper",
        description="Google's search results, news, images and maps as data.",
        category="data",
        docs_url="https://serper.dev",
        console_url="https://serper.dev/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://google.serper.dev",
        api_hosts=("scrape.serper.dev",),  # quirk 4
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="The key of your account: 40 small letters and digits.",
                    example="0123456789abcdef0123456789abcdef01234567",
                    pattern=r"[0-9a-f]{40}",
                    secret=True,
                    where="https://serper.dev/api-keys",
                )
            },
            api_headers={"X-API-KEY": "${key}"},  # quirk 1
            verify=Verify(  # quirks 2 and 3
                url="https://google.serper.dev/account", refused_statuses=(403,)
            ),
        ),
    )
