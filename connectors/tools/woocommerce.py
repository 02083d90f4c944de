"""Tools of WooCommerce.

Reference: https://woocommerce.github.io/woocommerce-rest-api-docs/ (products, orders, pagination).
"""

from __future__ import annotations

from typing import Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, Needs, Output, Pages

_WOOCOMMERCE = (Needs("woocommerce"),)


class OfProduct(Args):
    product_id: int = Field(ge=1, description="number of the product")


class Product(Output):
    id: int
    name: str
    status: str
    price: str = ""
    sku: str = ""
    stock: int | None = Field(None, validation_alias="stock_quantity")
    url: str = Field("", validation_alias="permalink")


class ListOrders(Args):
    status: Literal["any", "pending", "processing", "on-hold", "completed", "cancelled"] = Field(
        "any", description="state of the orders"
    )
    per_page: int = Field(20, ge=1, le=100, description="orders per page")
    page: str | None = Field(None, pattern=r"^[0-9]{1,6}$", description="next of the page before")


class Order(Output):
    id: int
    status: str
    created: str | None = Field(None, validation_alias="date_created_gmt", description="in UTC")
    total: str
    currency: str
    email: str | None = Field(None, validation_alias=AliasPath("billing", "email"))


class Orders(Output):
    items: list[Order]


TOOLS = (
    HttpTool(
        name="woocommerce_get_product",
        description="Return a product of a WooCommerce shop: name, price and stock.",
        needs=_WOOCOMMERCE,
        effect="read",
        method="GET",
        path="/products/{product_id}",
        args=OfProduct,
        output=Product,
        examples=({"product_id": 794},),
    ),
    HttpTool(
        name="woocommerce_list_orders",
        description="List the orders of a WooCommerce shop, the newest first.",
        needs=_WOOCOMMERCE,
        effect="read",
        method="GET",
        path="/orders",
        args=ListOrders,
        output=Orders,
        pages=Pages(argument="page", parameter="page", link=True),
        examples=({}, {"status": "processing", "per_page": 2}),
    ),
)
