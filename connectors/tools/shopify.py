"""Tools for Shopify, by shopify.dev/docs/api/admin-graphql/2026-10.

Quirks:
1. The REST Admin API is legacy since October 2024, so the tools speak GraphQL. Their documents are
   constants; arguments are variables and never a part of the text.
2. A failure has status 200: ``errors`` for the request, ``userErrors`` for what was typed. A
   mutation has both, so it is a function, and so is what reads one object: that may be ``null``.
3. ``read_orders`` shows the orders of the last 60 days, and no customer: that is another scope,
   and access to protected customer data, which Shopify grants per app.
4. A write scope includes its read scope.
5. An order is made of variants of products, or of lines with a title and a price of their own. It
   is not paid, takes nothing from the stock, and sends no mail, unless that is asked for.

The version, and the payload of ``orderCreate``, are by shopify.dev.

Unconfirmed: written without the documentation at hand; what matters is fields of the schema, and
the scope of each.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasPath, Field, model_validator

from connectors.tool_text import MAIL_ADDRESS
from connectors.tooling import (
    Args,
    Failure,
    FunctionTool,
    HttpTool,
    In,
    Needs,
    Output,
    Pages,
    ToolContext,
    ToolFailed,
    tool,
)

_PATH = "/graphql.json"
_MONEY = "{ amount currencyCode }"
_PRODUCT = (
    "id title handle status vendor productType tags totalInventory "
    f"priceRangeV2 {{ minVariantPrice {_MONEY} maxVariantPrice {_MONEY} }}"
)
_ORDER = (
    "id name createdAt cancelledAt displayFinancialStatus displayFulfillmentStatus "
    f"totalPriceSet {{ shopMoney {_MONEY} }}"
)
_VARIANT = "id title sku price inventoryQuantity product { id title }"
_LINES = "lineItems(first: 100) { nodes { title quantity sku } }"
_CUSTOMER = (
    f"id displayName numberOfOrders defaultEmailAddress {{ emailAddress }} amountSpent {_MONEY}"
)


class _Listing(Args):
    query: Annotated[str | None, In("body", "variables.query")] = Field(
        default=None, max_length=500, description="Shopify's search syntax, such as status:active."
    )
    first: Annotated[int, In("body", "variables.first")] = Field(
        default=20, ge=1, le=250, description="Entries per page."
    )
    after: Annotated[str | None, In("body", "variables.after")] = Field(
        default=None, max_length=1000, description="next of the page before."
    )


class SearchProducts(_Listing):
    pass


class ListOrders(_Listing):
    pass


class SearchCustomers(_Listing):
    pass


class SearchVariants(_Listing):
    pass


class GetProduct(Args):
    id: str = Field(
        pattern=r"^gid://shopify/Product/[0-9]{1,20}$", description="Id: gid://shopify/Product/1."
    )


class GetOrder(Args):
    id: str = Field(
        pattern=r"^gid://shopify/Order/[0-9]{1,20}$", description="Id: gid://shopify/Order/1."
    )


class _Product(Args):
    description_html: str | None = Field(
        default=None, max_length=50_000, description="Description, as HTML."
    )
    vendor: str | None = Field(default=None, max_length=255, description="Vendor.")
    product_type: str | None = Field(default=None, max_length=255, description="Type of product.")
    tags: list[str] | None = Field(default=None, max_length=250, description="All tags.")


class CreateProduct(_Product):
    title: str = Field(min_length=1, max_length=255, description="Title.")
    status: Literal["ACTIVE", "ARCHIVED", "DRAFT"] = Field(
        default="DRAFT", description="ACTIVE can be sold."
    )


class UpdateProduct(_Product):
    id: str = Field(
        pattern=r"^gid://shopify/Product/[0-9]{1,20}$", description="Id: gid://shopify/Product/1."
    )
    title: str | None = Field(default=None, min_length=1, max_length=255, description="Title.")
    status: Literal["ACTIVE", "ARCHIVED", "DRAFT"] | None = Field(
        default=None, description="ACTIVE can be sold."
    )


class OrderLine(Args):
    variant_id: str | None = Field(
        default=None,
        pattern=r"^gid://shopify/ProductVariant/[0-9]{1,20}$",
        description="Variant (shopify_search_variants): gid://shopify/ProductVariant/1.",
    )
    title: str | None = Field(
        default=None, min_length=1, max_length=255, description="Title of a line without variant."
    )
    price: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$",
        description="Price of one, such as 9.50; without it, that of the variant.",
    )
    quantity: int = Field(ge=1, le=10_000, description="How many.")

    @model_validator(mode="after")
    def _is_something(self) -> "OrderLine":
        if self.variant_id is None and (self.title is None or self.price is None):
            raise ValueError("give variant_id, or title and price")
        return self


class CreateOrder(Args):
    lines: list[OrderLine] = Field(min_length=1, max_length=100, description="What is ordered.")
    email: str | None = Field(
        default=None, max_length=254, pattern=MAIL_ADDRESS, description="Address of the customer."
    )
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="Such as EUR; needed with a price."
    )
    payment: Literal["PENDING", "PAID"] = Field(
        default="PENDING", description="PAID if the money is there already."
    )
    note: str | None = Field(default=None, max_length=5000, description="Note for the staff.")
    takes_stock: bool = Field(
        default=False, description="Whether the stock gets less; fails where there is none."
    )
    sends_receipt: bool = Field(default=False, description="Whether the customer gets a mail.")

    @model_validator(mode="after")
    def _has_currency(self) -> "CreateOrder":
        if self.currency is None and any(line.price is not None for line in self.lines):
            raise ValueError("a price needs currency")
        return self


class Money(Output):
    amount: str
    currency: str = Field(validation_alias="currencyCode")


class Product(Output):
    id: str
    title: str
    handle: str | None = None
    status: str | None = None
    vendor: str | None = None
    product_type: str | None = Field(default=None, validation_alias="productType")
    tags: list[str] = Field(default=[])
    inventory: int | None = Field(default=None, validation_alias="totalInventory")
    lowest_price: Money | None = Field(
        default=None, validation_alias=AliasPath("priceRangeV2", "minVariantPrice")
    )
    highest_price: Money | None = Field(
        default=None, validation_alias=AliasPath("priceRangeV2", "maxVariantPrice")
    )


class Variant(Output):
    id: str
    title: str
    sku: str | None = None
    price: str
    inventory: int | None = Field(default=None, validation_alias="inventoryQuantity")
    product_id: str = Field(validation_alias=AliasPath("product", "id"))
    product: str = Field(validation_alias=AliasPath("product", "title"))


class Line(Output):
    title: str
    quantity: int
    sku: str | None = None


class Order(Output):
    id: str
    name: str
    created_at: str | None = Field(default=None, validation_alias="createdAt")
    cancelled_at: str | None = Field(default=None, validation_alias="cancelledAt")
    payment: str | None = Field(default=None, validation_alias="displayFinancialStatus")
    fulfillment: str | None = Field(default=None, validation_alias="displayFulfillmentStatus")
    total: Money | None = Field(
        default=None, validation_alias=AliasPath("totalPriceSet", "shopMoney")
    )


class OrderWithLines(Order):
    lines: list[Line] = Field(default=[], validation_alias=AliasPath("lineItems", "nodes"))


class Customer(Output):
    id: str
    name: str | None = Field(default=None, validation_alias="displayName")
    email: str | None = Field(
        default=None, validation_alias=AliasPath("defaultEmailAddress", "emailAddress")
    )
    orders: str | None = Field(default=None, validation_alias="numberOfOrders")
    spent: Money | None = Field(default=None, validation_alias="amountSpent")


class Products(Output):
    products: list[Product] = Field(validation_alias=AliasPath("data", "products", "nodes"))


class Orders(Output):
    orders: list[Order] = Field(validation_alias=AliasPath("data", "orders", "nodes"))


class Customers(Output):
    customers: list[Customer] = Field(validation_alias=AliasPath("data", "customers", "nodes"))


class Variants(Output):
    variants: list[Variant] = Field(validation_alias=AliasPath("data", "productVariants", "nodes"))


class OneProduct(Output):
    product: Product


class OneOrder(Output):
    order: OrderWithLines


def _search(scope: str, connection: str, document: str, **said: Any) -> HttpTool:
    """A query of one connection, which goes on."""
    info = f"data.{connection}.pageInfo"
    return HttpTool(
        needs=(Needs("shopify", (scope,)),),
        effect="read",
        method="POST",
        path=_PATH,
        body={"query": document},
        failure=Failure(  # quirk 2
            path="errors", code="errors[0].extensions.code", message="errors[0].message"
        ),
        pages=Pages(argument="after", next=f"{info}.endCursor", more=f"{info}.hasNextPage"),
        **said,
    )


def _list(name: str, fields: str, order: str = "") -> str:
    return (
        "query ($first: Int!, $after: String, $query: String) { "
        f"{name}(first: $first, after: $after, query: $query{order}) {{ "
        f"nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )


def _mutation(name: str, kind: str) -> str:
    return (
        f"mutation ($product: {kind}!) {{ {name}(product: $product) {{ "
        f"product {{ {_PRODUCT} }} userErrors {{ field message }} }} }}"
    )


async def _run(
    ctx: ToolContext, document: str, variables: Mapping[str, Any], *, reads: bool
) -> Mapping[str, Any]:
    """Send a document and return its data (quirk 2)."""
    body = {"query": document, "variables": variables}
    answer = (await ctx.fetch("shopify", "POST", _PATH, json=body, reads=reads)).json()
    if errors := answer.get("errors"):
        first: Any = errors[0] if isinstance(errors, list) else {"message": str(errors)}
        code = (first.get("extensions") or {}).get("code") or "graphql_error"
        raise ToolFailed(str(code), str(first.get("message", "")))
    data: Mapping[str, Any] = answer["data"]
    return data


async def _read_one(ctx: ToolContext, name: str, fields: str, key: str) -> Mapping[str, Any]:
    """Read the object with an id; what does not exist is ``null`` there."""
    document = f"query ($id: ID!) {{ {name}(id: $id) {{ {fields} }} }}"
    data = await _run(ctx, document, {"id": key}, reads=True)
    if data[name] is None:
        raise ToolFailed("not_found", f"there is no {name} {key}")
    return data


async def _mutate(
    ctx: ToolContext, name: str, document: str, variables: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Send a mutation and return its payload (quirk 2)."""
    payload: Mapping[str, Any] = (await _run(ctx, document, variables, reads=False))[name]
    if wrong := payload["userErrors"]:
        place = ".".join(wrong[0].get("field") or [])
        raise ToolFailed("user_error", f"{place}: {wrong[0]['message']}".removeprefix(": "))
    return payload


async def _change(ctx: ToolContext, name: str, document: str, args: Args) -> OneProduct:
    """Send a mutation of a product and read what came of it."""
    said = args.model_dump(exclude_none=True)
    camel = {"description_html": "descriptionHtml", "product_type": "productType"}
    variables = {"product": {camel.get(key, key): value for key, value in said.items()}}
    payload = await _mutate(ctx, name, document, variables)
    return OneProduct.model_validate({"product": payload["product"]})


def _line(line: OrderLine, currency: str | None) -> dict[str, Any]:
    """Write a line of an order as Shopify takes it."""
    said = line.model_dump(exclude_none=True, include={"title", "quantity"})
    if line.variant_id is not None:
        said["variantId"] = line.variant_id
    if line.price is not None:
        said["priceSet"] = {"shopMoney": {"amount": line.price, "currencyCode": currency}}
    return said


@tool(
    name="shopify_get_product",
    description="Read one product: title, status, price range, inventory.",
    needs=(Needs("shopify", ("read_products",)),),
    effect="read",
    args=GetProduct,
    output=OneProduct,
    examples=({"id": "gid://shopify/Product/1"},),
)
async def get_product(args: GetProduct, ctx: ToolContext) -> OneProduct:
    return OneProduct.model_validate(await _read_one(ctx, "product", _PRODUCT, args.id))


@tool(
    name="shopify_get_order",
    description="Read one order with its lines: payment, fulfillment, total.",
    needs=(Needs("shopify", ("read_orders",)),),
    effect="read",
    args=GetOrder,
    output=OneOrder,
    examples=({"id": "gid://shopify/Order/1"},),
)
async def get_order(args: GetOrder, ctx: ToolContext) -> OneOrder:
    found = await _read_one(ctx, "order", f"{_ORDER} {_LINES}", args.id)
    return OneOrder.model_validate(found)


@tool(
    name="shopify_create_product",
    description="Create a product, a draft unless said otherwise, and return it with its id.",
    needs=(Needs("shopify", ("products",)),),
    effect="write",
    args=CreateProduct,
    output=OneProduct,
    examples=({"title": "Teapot", "vendor": "Acme", "tags": ["kitchen"]},),
)
async def create_product(args: CreateProduct, ctx: ToolContext) -> OneProduct:
    document = _mutation("productCreate", "ProductCreateInput")
    return await _change(ctx, "productCreate", document, args)


@tool(
    name="shopify_update_product",
    description="Change a product's title, description, vendor, type, tags (all of them) or "
    "status; the rest stays.",
    needs=(Needs("shopify", ("products",)),),
    effect="write",
    args=UpdateProduct,
    output=OneProduct,
    examples=({"id": "gid://shopify/Product/1", "status": "ARCHIVED"},),
)
async def update_product(args: UpdateProduct, ctx: ToolContext) -> OneProduct:
    document = _mutation("productUpdate", "ProductUpdateInput")
    return await _change(ctx, "productUpdate", document, args)


@tool(
    name="shopify_create_order",
    description="Create an order of variants, or of lines with a title and a price. Returns it "
    "with its id.",
    needs=(Needs("shopify", ("orders",)),),
    effect="write",
    args=CreateOrder,
    output=OneOrder,
    examples=(
        {"lines": [{"variant_id": "gid://shopify/ProductVariant/11", "quantity": 2}]},
        {
            "lines": [{"title": "Engraving", "price": "12.50", "quantity": 1}],
            "currency": "USD",
            "email": "ana@acme.example",
        },
    ),
)
async def create_order(args: CreateOrder, ctx: ToolContext) -> OneOrder:
    order = args.model_dump(exclude_none=True, include={"email", "currency", "note"})
    order |= {"financialStatus": args.payment}
    order |= {"lineItems": [_line(line, args.currency) for line in args.lines]}
    stock = "DECREMENT_OBEYING_POLICY" if args.takes_stock else "BYPASS"
    options = {"inventoryBehaviour": stock, "sendReceipt": args.sends_receipt}
    document = (
        "mutation ($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) { "
        "orderCreate(order: $order, options: $options) { "
        f"order {{ {_ORDER} {_LINES} }} userErrors {{ field message }} }} }}"
    )
    payload = await _mutate(ctx, "orderCreate", document, {"order": order, "options": options})
    return OneOrder.model_validate({"order": payload["order"]})


TOOLS: tuple[HttpTool | FunctionTool, ...] = (
    _search(
        "read_products",
        "products",
        _list("products", _PRODUCT),
        name="shopify_search_products",
        description="List or search products: title, status, price range, inventory.",
        args=SearchProducts,
        output=Products,
        examples=({"first": 2}, {"query": "teapot"}),
    ),
    get_product,
    create_product,
    update_product,
    _search(
        "read_products",
        "productVariants",
        _list("productVariants", _VARIANT),
        name="shopify_search_variants",
        description="List or search variants of products: title, SKU, price, inventory.",
        args=SearchVariants,
        output=Variants,
        examples=({"first": 2}, {"query": "sku:TEA-1"}),
    ),
    _search(
        "read_orders",
        "orders",
        _list("orders", _ORDER, ", sortKey: CREATED_AT, reverse: true"),
        name="shopify_list_orders",
        description="List or search orders of the last 60 days, newest first: number, payment, "
        "fulfillment, total.",
        args=ListOrders,
        output=Orders,
        examples=({"first": 2}, {"query": "financial_status:paid"}),
    ),
    get_order,
    create_order,
    _search(
        "customers",
        "customers",
        _list("customers", _CUSTOMER),
        name="shopify_search_customers",
        description="List or search customers: name, e-mail, number of orders, amount spent.",
        args=SearchCustomers,
        output=Customers,
        examples=({"first": 2}, {"query": "email:ana@acme.example"}),
    ),
)
