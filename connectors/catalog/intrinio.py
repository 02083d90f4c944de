"""Intrinio connector: a pasted API key.

Quirks:
1. The key goes into ``Authorization`` as a bearer token. ``api_key`` in the query is the same, and
   would put the key into logs of addresses.
2. 401 means a wrong key. 403 means that the account is not subscribed to a data feed, so it is an
   answer to a right key, too.
3. No address tells whose key it is. The verification reads one security, and costs one call.

Console: the account page shows the production key. A public key, for web pages, is another one.

Scopes: none exist.

Unconfirmed: the letters and the length of a key; every text without blanks is accepted.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="intrinio",
        display_name="Intrinio",
        description="Market data: prices of stocks, options, and the fundamentals of companies.",
        category="finance",
        docs_url="https://docs.intrinio.com/documentation/api_v2/authentication",
        console_url="https://account.intrinio.com",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api-v2.intrinio.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="The production key of your account.",
                    example="OjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm",
                    pattern=r"[A-Za-z0-9+/=_-]{16,128}",
                    secret=True,
                    where="https://account.intrinio.com",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},  # quirk 1
            verify=Verify(  # quirk 3
                url="https://api-v2.intrinio.com/securities/AAPL",
                refused_statuses=(401,),  # quirk 2
            ),
        ),
    )
