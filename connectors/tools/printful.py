"""Tools of Printful.

Reference: https://developers.printful.com/docs/ (orders, products of a store).

Unconfirmed: the shapes of answers, and which of an address's parts each country needs.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_PRINTFUL = (Needs("printful"),)
_URL = r"^https?://[!-~]+$"


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sync_variant_id: int = Field(ge=1, description="id of a variant of a product of the store")
    quantity: int = Field(ge=1, le=1000)


class Recipient(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    address1: str = Field(min_length=1, max_length=200)
    city: str = Field(min_length=1, max_length=100)
    state_code: str = Field("", max_length=10, description="of the US, Canada and Australia")
    country_code: str = Field(pattern=r"^[A-Z]{2}$", description="two letters: US")
    zip: str = Field("", max_length=20)


class CreateOrder(Args):
    recipient: Recipient = Field(description="who gets the parcel")
    items: list[Item] = Field(min_length=1, max_length=100, description="what is in it")


class Order(Output):
    id: int = Field(validation_alias=AliasPath("result", "id"))
    status: str = Field(validation_alias=AliasPath("result", "status"))


class Print(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(pattern=_URL, max_length=2000, description="public address of the image")


class Variant(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    variant_id: int = Field(ge=1, description="id of a variant of Printful's catalog")
    retail_price: str = Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$")
    files: list[Print] = Field(min_length=1, max_length=10, description="what is printed on it")


class CreateProduct(Args):
    name: Annotated[str, In("body", "sync_product.name")] = Field(
        min_length=1, max_length=200, description="name of the product"
    )
    variants: Annotated[list[Variant], In("body", "sync_variants")] = Field(
        min_length=1, max_length=100, description="its sizes and colors"
    )


class Product(Output):
    id: int = Field(validation_alias=AliasPath("result", "id"))
    name: str = Field(validation_alias=AliasPath("result", "name"))
    variants: int = Field(validation_alias=AliasPath("result", "variants"))


TOOLS = (
    HttpTool(
        name="printful_create_order",
        description="Create an order in Printful as a draft: it is printed and paid when somebody "
        "confirms it there.",
        needs=_PRINTFUL,
        effect="write",
        method="POST",
        path="/orders",
        args=CreateOrder,
        output=Order,
        examples=(
            {
                "recipient": {
                    "name": "Ana Diaz",
                    "address1": "19749 Dearborn St",
                    "city": "Chatsworth",
                    "state_code": "CA",
                    "country_code": "US",
                    "zip": "91311",
                },
                "items": [{"sync_variant_id": 70001, "quantity": 2}],
            },
        ),
    ),
    HttpTool(
        name="printful_create_product",
        description="Add a product to a store of Printful: variants of its catalog with an image "
        "printed on them.",
        needs=_PRINTFUL,
        effect="write",
        method="POST",
        path="/store/products",
        args=CreateProduct,
        output=Product,
        examples=(
            {
                "name": "Shirt",
                "variants": [
                    {
                        "variant_id": 4011,
                        "retail_price": "21.00",
                        "files": [{"url": "https://example.com/logo.png"}],
                    }
                ],
            },
        ),
    ),
)
