"""ScrapingBee connector: a pasted API key.

Quirks:
1. The key goes into the query as ``api_key``.
2. The usage costs no credit; it names no account.
3. The API answers with the status of the scraped page, too, so only the usage may judge a key.

Console: every account has one key.

Scopes: none exist.

Unconfirmed: the words of the answer to a wrong key.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="scrapingbee",
        display_name="ScrapingBee",
        description="Web pages through a browser and proxies, as text or as data.",
        category="data",
        docs_url="https://www.scrapingbee.com/documentation/",
        console_url="https://app.scrapingbee.com/account/manage/api_key",
        checked_on=date(2026, 11, 29),
        api_base_url="https://app.scrapingbee.com/api",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="The key of your account.",
                    example="0123456789ABCDEFGHIJ" * 4,
                    pattern=r"[A-Za-z0-9]{20,200}",
                    secret=True,
                    where="https://app.scrapingbee.com/account/manage/api_key",
                )
            },
            api_query={"api_key": "${key}"},  # quirk 1
            verify=Verify(  # quirks 2 and 3
                url="https://app.scrapingbee.com/api/v1/usage", refused_statuses=(401,)
            ),
        ),
    )
