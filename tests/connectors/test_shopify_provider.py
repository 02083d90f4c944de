"""Shopify's contract; its signed callback: test_shopify_callback.py.

Sources: shopify.dev, authorization code grant and offline access tokens; Shopify's own library.
"""

from gateway.errors import ProviderRefused, UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Person, documented

SHOP = "acme.myshopify.com/admin/api/2026-10/shop.json"
ACME = {"myshopify_domain": "acme.myshopify.com", "plan_name": "basic"}


class TestShopify(ConnectorContract):
    connector = "shopify"
    scopes = ("read_products", "read_orders")
    people = (
        Person(account="owner", typed={"shop": "acme"}),
        Person(account="owner", typed={"shop": "https://Globex.myshopify.com/"}),
    )
    accepted_inputs = {
        "shop": dict.fromkeys(
            ("acme", " ACME ", "Acme.MyShopify.com", "https://acme.myshopify.com/"), "acme"
        )
        | {"acme_2-x": "acme_2-x"}
    }
    # H4: the client secret would travel to the host that came out of it.
    refused_inputs = {
        "shop": (
            *("", "a" * 64, "a b", "acme\n.evil.com", "acme\u200b"),
            *"-acme äcme a@b a# a? a\\ acme:443 acme/admin ../acme evil.com/".split(),
            *"x.evil.com%2f http://acme.myshopify.com acme.myshopify.com.example.com".split(),
            *("acme.example.com", "acme.myshopify.com@evil.com"),
        )
    }
    exchange = refresh = documented(
        {
            "access_token": "shpat_FAKE",
            "scope": "read_products,write_orders",
            "expires_in": 3600,
            "refresh_token": "shprt_FAKE",
            "refresh_token_expires_in": 7776000,
        },
        scopes=("read_products", "write_orders", "read_orders"),
    )
    accounts = {
        ("acme.myshopify.com", "Acme Store"): AccountSample(
            {
                SHOP: {
                    "shop": {
                        **ACME,
                        "id": 800000001,
                        "name": "Acme Store",
                        "email": "owner@acme.com",
                        "domain": "acme.com",
                    }
                }
            },
            metadata={"domain": "acme.com"},
        ),
        ("acme.myshopify.com", "acme.myshopify.com"): {SHOP: {"shop": ACME}},
    }
    refusals = (
        ErrorSample(400, {"error": "invalid_request"}, ProviderRefused),  # for a used code
        ErrorSample(401, {"errors": "[API] Invalid API key"}, UnreadableResponse),
    )
