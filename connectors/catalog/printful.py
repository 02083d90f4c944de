"""Printful connector: a pasted private token.

Quirks:
1. A token of the whole account names the store in a header; one of a store must not.
2. Any token may ask for its own scopes, and no such call names the account.

Scopes: none are requested. A token has those that were chosen where it was made: tools need orders
and sync products.

Unconfirmed: the form of a token, so each one is taken that could be one.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://developers.printful.com/tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="printful",
        display_name="Printful",
        description="Print on demand: products of a store, orders and their shipping.",
        category="commerce",
        docs_url="https://developers.printful.com/docs/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.printful.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Private token",
                    description="A token of one store or of the whole account.",
                    example="0123456789abcdefghijABCDEFGHIJ0123456789",
                    pattern=r"[A-Za-z0-9._-]{30,200}",
                    secret=True,
                    where=KEYS,
                ),
                "store_id": ConnectionInput(
                    title="Store id",
                    description="Its number. Only a token of the whole account needs it.",
                    example="12345678",
                    pattern=r"[0-9]{1,12}",
                    default="",
                    where="https://www.printful.com/dashboard/store",
                ),
            },
            api_headers={
                "Authorization": "Bearer ${key}",
                "X-PF-Store-Id": "${store_id}",
            },  # quirk 1
            verify=Verify(
                url="https://api.printful.com/oauth/scopes", refused_statuses=(401,)
            ),  # quirk 2
        ),
    )
