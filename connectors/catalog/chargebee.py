"""Chargebee connector: a pasted API key.

Quirks:
1. Each site has a host of its own, and so has its test site. The site is the account.
2. The key is the user of HTTP Basic; the password is empty.
3. A right key without a permission gets 403.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://www.chargebee.com/docs/api_keys.html"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="chargebee",
        display_name="Chargebee",
        description="Subscriptions: customers, plans, invoices and payments.",
        category="finance",
        docs_url="https://apidocs.chargebee.com/docs/api/auth",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${site}.chargebee.com/api/v2",
        key=KeyMethod(
            inputs={
                "site": ConnectionInput(
                    title="Site",
                    description="The name of your site, as in its chargebee.com address.",
                    example="acme-test",
                    pattern=r"[a-z0-9][a-z0-9-]{0,62}",
                    suffix=".chargebee.com",
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A key of this site.",
                    example="test_0123456789abcdefghijABCDEFGHIJ012",
                    pattern=r"[A-Za-z0-9_-]{20,100}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_basic=("${key}", ""),  # quirk 2
            verify=Verify(
                url="https://${site}.chargebee.com/api/v2/business_entities",
                refused_statuses=(401,),
            ),  # quirk 3
            account=account_lookup(
                id="${connection_config.site}", label="${connection_config.site}.chargebee.com"
            ),  # quirk 1
        ),
    )
