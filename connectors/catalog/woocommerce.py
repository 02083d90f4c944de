"""WooCommerce connector: a pasted consumer key and secret of a shop.

Quirks:
1. A shop runs on a host of its owner's, and is the account. The operator names the hosts that
   people may type. WordPress must lie at the top of the host, with permalinks other than "Plain".
2. Key and secret are user and password of HTTP Basic. Some servers drop the header; they answer as
   to a wrong key.
3. A wrong secret and an unknown key are 401 with different codes. A right key whose user may not
   see the settings of the shop gets 403.

Console: WooCommerce, Settings, Advanced, REST API.

Scopes: none exist. A key reads, writes, or does both.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

DOCS = "https://developer.woocommerce.com/docs/apis/rest-api/authentication/"
WHERE = "In WordPress: WooCommerce, Settings, Advanced, REST API."


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="woocommerce",
        display_name="WooCommerce",
        description="Products, orders and customers of a WooCommerce shop.",
        category="commerce",
        docs_url=DOCS,
        console_url=DOCS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${host}/wp-json/wc/v3",
        key=KeyMethod(
            inputs={
                "host": ConnectionInput(
                    title="Shop",
                    description="The host of your shop.",
                    example="shop.example.com",
                    hosts=("*",),  # quirk 1
                ),
                "consumer_key": ConnectionInput(
                    title="Consumer key",
                    description="It begins with ck_.",
                    example="ck_0123456789abcdef0123456789abcdef01234567",
                    pattern=r"ck_[0-9a-f]{40}",
                    where=WHERE,
                ),
                "consumer_secret": ConnectionInput(
                    title="Consumer secret",
                    description="The secret of the same key. It begins with cs_.",
                    example="cs_0123456789abcdef0123456789abcdef01234567",
                    pattern=r"cs_[0-9a-f]{40}",
                    secret=True,
                    where=WHERE,
                ),
            },
            api_basic=("${consumer_key}", "${consumer_secret}"),  # quirk 2
            verify=Verify(
                url="https://${host}/wp-json/wc/v3/data/currencies/current",
                refused_statuses=(401,),  # quirk 3
            ),
            account=account_lookup(  # quirk 1
                id="${connection_config.host}", label="https://${connection_config.host}"
            ),
        ),
    )
