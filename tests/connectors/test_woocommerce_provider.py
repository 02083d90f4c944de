"""WooCommerce's contract, by developer.woocommerce.com (authentication) and its source code."""

from gateway.testing import KeyContract, ToolContract


class TestWooCommerce(KeyContract):
    connector = "woocommerce"
    account = ("acme.shops.example", "https://acme.shops.example")
    accepted_inputs = {"host": {"https://Acme.shops.example/": "acme.shops.example"}}
    refusals = ((401, {"code": "woocommerce_rest_cannot_view", "data": {"status": 401}}),)
    unclear = ((403, {"code": "woocommerce_rest_cannot_view", "data": {"status": 403}}),)
    # A folder of a host, and each half in the other's place.
    refused_inputs = {
        "host": ("acme.shops.example/shop", "acme.shops.example:8443", "a@acme.shops.example"),
        "consumer_key": ("cs_3c4d5e6f708192a3b4c5d6e7f8091a2b12345678",),
        "consumer_secret": ("ck_1a2b3c4d5e6f708192a3b4c5d6e7f80912345678",),
    }


class TestWooCommerceTools(ToolContract):
    connector = "woocommerce"
