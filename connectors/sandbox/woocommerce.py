"""WooCommerce, by developer.woocommerce.com (authentication, currencies) and its source code."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "woocommerce",
    title="WooCommerce",
    keys={
        "ana": {
            "host": "acme.shops.example",
            "consumer_key": "ck_1a2b3c4d5e6f708192a3b4c5d6e7f80912345678",
            "consumer_secret": "cs_3c4d5e6f708192a3b4c5d6e7f8091a2b12345678",
        },
        "ben": {
            "host": "globex.shops.example",
            "consumer_key": "ck_2b3c4d5e6f708192a3b4c5d6e7f8091a87654321",
            "consumer_secret": "cs_4d5e6f708192a3b4c5d6e7f8091a2b3c87654321",
        },
    },
    basic=("{consumer_key}", "{consumer_secret}"),
    refusal=Refusal(
        401,
        {
            "code": "woocommerce_rest_authentication_error",
            "message": "Consumer secret is invalid.",
            "data": {"status": 401},
        },
    ),
    api={"/data/currencies/current": lambda call: {"code": "USD", "name": "US dollar"}},
    api_base="{*.shops.example}/wp-json/wc/v3",
)
