"""Shopify's GraphQL Admin API, by shopify.dev/docs/api/admin-graphql/2026-10 (products, orders,
customers, variants, productCreate, productUpdate, orderCreate, access scopes, pagination, errors).

A failure is HTTP 200: ``errors`` with a code, or ``userErrors`` in a mutation's payload. A search
reads words, and ``name:word`` for the fields that are shown.

The version, and the payload of ``orderCreate``, are by shopify.dev.

Unconfirmed: written without the documentation at hand; what matters is fields of the schema, and
the scope of each.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse
from connectors.simulated_graphql import GraphqlError, Member, Schema, execute, read

_MONEY = {"amount": Member(), "currencyCode": Member()}
_INFO = {name: Member() for name in ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor")}
_PAGE = {
    "first": "Int",
    "after": "String",
    "last": "Int",
    "before": "String",
    "query": "String",
    "reverse": "Boolean",
}


def _members(names: str, **others: str) -> dict[str, Member]:
    return {name: Member() for name in names.split()} | {
        name: Member(type=kind) for name, kind in others.items()
    }


def _connection(kind: str) -> dict[str, Member]:
    return {"nodes": Member(type=kind), "pageInfo": Member(type="PageInfo")}


_CHANGES = {
    "title?": str,
    "descriptionHtml?": str,
    "vendor?": str,
    "productType?": str,
    "tags?": [str],
    "status?": {"ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED"},
    "handle?": str,
}
_AMOUNT = {"amount": str, "currencyCode": str}
_LINE = {
    "variantId?": str,
    "title?": str,
    "quantity": int,
    "sku?": str,
    "priceSet?": {"shopMoney": _AMOUNT, "presentmentMoney?": _AMOUNT},
    "requiresShipping?": bool,
    "taxable?": bool,
}
_SCHEMA = Schema(
    types={
        "query": {
            "products": Member(
                type="ProductConnection", arguments={**_PAGE, "sortKey": "ProductSortKeys"}
            ),
            "product": Member(type="Product", arguments={"id": "ID!"}),
            "orders": Member(
                type="OrderConnection", arguments={**_PAGE, "sortKey": "OrderSortKeys"}
            ),
            "order": Member(type="Order", arguments={"id": "ID!"}),
            "productVariants": Member(
                type="VariantConnection", arguments={**_PAGE, "sortKey": "ProductVariantSortKeys"}
            ),
            "customers": Member(
                type="CustomerConnection", arguments={**_PAGE, "sortKey": "CustomerSortKeys"}
            ),
        },
        "mutation": {
            "productCreate": Member(
                type="ProductPayload", arguments={"product": "ProductCreateInput"}
            ),
            "productUpdate": Member(
                type="ProductPayload", arguments={"product": "ProductUpdateInput"}
            ),
            "orderCreate": Member(
                type="OrderPayload",
                arguments={"order": "OrderCreateOrderInput!", "options": "OrderCreateOptionsInput"},
            ),
        },
        "Product": _members(
            "id title handle status vendor productType tags totalInventory descriptionHtml "
            "createdAt updatedAt",
            priceRangeV2="ProductPriceRangeV2",
        ),
        "ProductPriceRangeV2": _members("", minVariantPrice="MoneyV2", maxVariantPrice="MoneyV2"),
        "ProductConnection": _connection("Product"),
        "ProductPayload": _members("", product="Product", userErrors="UserError"),
        "OrderPayload": _members("", order="Order", userErrors="UserError"),
        "ProductVariant": _members(
            "id title displayName sku price inventoryQuantity", product="Product"
        ),
        "VariantConnection": _connection("ProductVariant"),
        "UserError": _members("field message"),
        "Order": {
            **_members(
                "id name createdAt cancelledAt displayFinancialStatus displayFulfillmentStatus "
                "note tags",
                totalPriceSet="MoneyBag",
            ),
            "lineItems": Member(
                type="LineItemConnection",
                arguments={"first": "Int", "after": "String", "last": "Int", "before": "String"},
            ),
        },
        "OrderConnection": _connection("Order"),
        "LineItem": _members("id title quantity sku"),
        "LineItemConnection": _connection("LineItem"),
        "Customer": _members(
            "id displayName firstName lastName numberOfOrders createdAt",
            defaultEmailAddress="CustomerEmailAddress",
            amountSpent="MoneyV2",
        ),
        "CustomerEmailAddress": _members("emailAddress"),
        "CustomerConnection": _connection("Customer"),
        "MoneyBag": _members("", shopMoney="MoneyV2", presentmentMoney="MoneyV2"),
        "MoneyV2": _MONEY,
        "PageInfo": _INFO,
    },
    inputs={
        "ProductCreateInput": _CHANGES,
        "ProductUpdateInput": {"id": str, **_CHANGES},
        "OrderCreateOrderInput": {
            "lineItems?": [_LINE],
            "email?": str,
            "currency?": str,
            "note?": str,
            "tags?": [str],
            "test?": bool,
            "financialStatus?": {"PENDING", "AUTHORIZED", "PARTIALLY_PAID", "PAID", "VOIDED"},
        },
        "OrderCreateOptionsInput": {
            "inventoryBehaviour?": {
                "BYPASS",
                "DECREMENT_IGNORING_POLICY",
                "DECREMENT_OBEYING_POLICY",
            },
            "sendReceipt?": bool,
            "sendFulfillmentReceipt?": bool,
        },
        "ProductVariantSortKeys": {"TITLE", "SKU", "ID", "RELEVANCE"},
        "ProductSortKeys": {"TITLE", "CREATED_AT", "UPDATED_AT", "ID", "RELEVANCE"},
        "OrderSortKeys": {"CREATED_AT", "ORDER_NUMBER", "PROCESSED_AT", "ID", "RELEVANCE"},
        "CustomerSortKeys": {"CREATED_AT", "NAME", "ID", "RELEVANCE"},
    },
)
_EFFECTS = {
    "productCreate": "product_created",
    "productUpdate": "product_updated",
    "orderCreate": "order_created",
}
_SCOPES = {
    "products": "read_products",
    "product": "read_products",
    "orders": "read_orders",
    "order": "read_orders",
    "customers": "read_customers",
    "productCreate": "write_products",
    "productUpdate": "write_products",
    "productVariants": "read_products",
    "orderCreate": "write_orders",
}


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "USD"}


def _product(number: str, title: str, price: str = "0.0") -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Product/{number}",
        "title": title,
        "handle": title.lower().replace(" ", "-"),
        "status": "ACTIVE",
        "vendor": "Acme",
        "productType": "Kitchen",
        "tags": ["kitchen"],
        "totalInventory": 7,
        "descriptionHtml": f"<p>{title}</p>",
        "priceRangeV2": {"minVariantPrice": _money(price), "maxVariantPrice": _money(price)},
    }


def _order(number: int) -> dict[str, Any]:
    line = {"id": f"gid://shopify/LineItem/{number}", "title": "Teapot", "quantity": number}
    nothing = dict.fromkeys(("hasNextPage", "hasPreviousPage"), False)
    total = _money(f"{30 * number}.0")
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#100{number}",
        "createdAt": f"2026-11-0{number}T10:00:00Z",
        "cancelledAt": None,
        "displayFinancialStatus": "PAID" if number < 3 else "PENDING",
        "displayFulfillmentStatus": "UNFULFILLED",
        "totalPriceSet": {"shopMoney": total, "presentmentMoney": total},
        "lineItems": {"nodes": [{**line, "sku": "TEA-1"}], "pageInfo": nothing},
    }


def _variant(number: int, product: dict[str, Any], sku: str) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "title": "Default Title",
        "displayName": f"{product['title']} - Default Title",
        "sku": sku,
        "price": product["priceRangeV2"]["minVariantPrice"]["amount"],
        "inventoryQuantity": 7,
        "product": product,
    }


def _customer(number: int, first: str, last: str) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Customer/{number}",
        "displayName": f"{first} {last}",
        "firstName": first,
        "lastName": last,
        "numberOfOrders": str(number),
        "defaultEmailAddress": {"emailAddress": f"{first.lower()}@acme.example"},
        "amountSpent": _money("60.0"),
    }


def _by_id(things: list[dict[str, Any]]) -> dict[str, Any]:
    return {each["id"]: each for each in things}


def _state(account: FictionalAccount) -> dict[str, Any]:
    titles = (("Teapot", "30.0"), ("Tea cup", "9.5"), ("Coffee pot", "35.0"))
    people = (("Ana", "Diaz"), ("Ben", "Okoro"), ("Cleo", "Park"))
    products = [_product(str(n), title, price) for n, (title, price) in enumerate(titles, 1)]
    skus = ("TEA-1", "TEA-2", "COFFEE-1")
    variants = [_variant(n, *each) for n, each in enumerate(zip(products, skus, strict=True), 11)]
    return {
        "products": _by_id(products),
        "productVariants": _by_id(variants),
        "orders": _by_id([_order(number) for number in (1, 2, 3)]),
        "customers": _by_id([_customer(n, *names) for n, names in enumerate(people, 1)]),
    }


_CODES = {"scope": "ACCESS_DENIED", "document": "GRAPHQL_VALIDATION_FAILED"}


def _error(problem: Problem) -> Refusal:
    code = _CODES.get(problem.kind, "INVALID_ARGUMENT")
    error = {"message": problem.message, "extensions": {"code": code}}
    return Refusal(200, {"errors": [error]})


API = SimulatedApi(
    "shopify", base="{tenant}.myshopify.com/admin/api/2026-10", state=_state, refuse=_error
)


@API.route(
    "POST /graphql.json",
    body={"query": str, "variables?": (dict, None), "operationName?": (str, None)},
)
def graphql(call: Request) -> Any:
    document = call.body["query"]
    try:
        for name in sorted({each.name for each in read(document).selection} & _SCOPES.keys()):
            scope = _SCOPES[name]
            if not (call.has(scope) or call.has(scope.replace("read_", "write_"))):
                refuse("scope", f"Access denied for {name} field. Required access: `{scope}`.")
        variables = call.body.get("variables") or {}
        data = execute(_SCHEMA, document, variables, lambda name, args: _FIELDS[name](call, args))
    except GraphqlError as error:
        refuse("document", str(error))
    cost = {"requestedQueryCost": 10, "actualQueryCost": 5}
    done = [name for name in _EFFECTS if data.get(name) and not data[name].get("userErrors")]
    effect = _EFFECTS[done[0]] if done else ""
    return Answer(body={"data": data, "extensions": {"cost": cost}}, effect=effect)


def _matches(thing: Mapping[str, Any], query: str) -> bool:
    """Whether a thing has each word, and each ``name:word`` in the member of that name."""
    for name, word in re.findall(r"(?:(\w+):)?(\S+)", query.lower()):
        if name == "email":
            held: Any = thing.get("defaultEmailAddress")
        elif name == "financial_status":
            held = thing.get("displayFinancialStatus")
        else:
            held = thing.get(name) if name else thing
        if word not in str(held).lower():
            return False
    return True


def _list(kind: str) -> Callable[[Request, Mapping[str, Any]], Any]:
    def listed(call: Request, args: Mapping[str, Any]) -> Any:
        size = args.get("first", 0)
        if "last" in args or "before" in args or not 1 <= size <= 250:
            refuse("parameters", "you must provide one of first or last, of at most 250")
        found = [e for e in call.state[kind].values() if _matches(e, args.get("query", ""))]
        if args.get("reverse"):
            found.reverse()
        page, following = page_of(found, args.get("after"), size)
        # The last page has a cursor as well.
        info = {"hasNextPage": following is not None, "endCursor": following or "bGFzdA=="}
        return {"nodes": page, "pageInfo": {**info, "hasPreviousPage": "after" in args}}

    return listed


def _one(kind: str) -> Callable[[Request, Mapping[str, Any]], Any]:
    return lambda call, args: call.state[kind].get(args["id"])


def _wrong(field: str, message: str) -> dict[str, Any]:
    return {"product": None, "userErrors": [{"field": ["product", field], "message": message}]}


def _create(call: Request, args: Mapping[str, Any]) -> Any:
    given = args.get("product", {})
    if not given.get("title", "").strip():
        return _wrong("title", "Title can't be blank")
    made = {**_product(call.new_id(), given["title"]), "vendor": "", "productType": "", "tags": []}
    made |= {"totalInventory": 0, **given}
    call.state["products"][made["id"]] = made
    return {"product": made, "userErrors": []}


def _update(call: Request, args: Mapping[str, Any]) -> Any:
    given = args.get("product", {})
    if given.get("id") not in call.state["products"]:
        return _wrong("id", "Product does not exist")
    if not given.get("title", "unchanged").strip():
        return _wrong("title", "Title can't be blank")
    found = call.state["products"][given["id"]]
    found |= given
    return {"product": found, "userErrors": []}


def _no_order(place: str, message: str) -> dict[str, Any]:
    wrong = {"field": ["order", *place.split(".")], "message": message}
    return {"order": None, "userErrors": [wrong]}


def _create_order(call: Request, args: Mapping[str, Any]) -> Any:
    given, lines, total = args["order"], [], Decimal()
    if not given.get("lineItems"):
        return _no_order("lineItems", "Line items must have at least one line item")
    for place, each in enumerate(given["lineItems"]):
        variant = call.state["productVariants"].get(each.get("variantId"))
        if "variantId" in each and variant is None:
            return _no_order(f"lineItems.{place}.variantId", "Variant does not exist")
        if variant is None and not (each.get("title") and "priceSet" in each):
            return _no_order(f"lineItems.{place}", "Title and price are required")
        own = each.get("priceSet", {}).get("shopMoney", {}).get("amount")
        price = Decimal(own or variant["price"])
        total += price * each["quantity"]
        title = each.get("title") or variant["product"]["title"]
        line = {"id": call.new_id("gid://shopify/LineItem/"), "title": title}
        sku = each.get("sku") or (variant or {}).get("sku")
        lines.append({**line, "quantity": each["quantity"], "sku": sku})
    number = call.new_id()
    money = {"amount": str(total), "currencyCode": given.get("currency", "USD")}
    nothing = dict.fromkeys(("hasNextPage", "hasPreviousPage"), False)
    made = {
        **_order(1),
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "createdAt": call.moment(),
        "displayFinancialStatus": given.get("financialStatus", "PENDING"),
        "note": given.get("note"),
        "totalPriceSet": {"shopMoney": money, "presentmentMoney": money},
        "lineItems": {"nodes": lines, "pageInfo": nothing},
    }
    call.state["orders"][made["id"]] = made
    return {"order": made, "userErrors": []}


_FIELDS: Mapping[str, Callable[[Request, Mapping[str, Any]], Any]] = {
    "products": _list("products"),
    "product": _one("products"),
    "orders": _list("orders"),
    "order": _one("orders"),
    "customers": _list("customers"),
    "productCreate": _create,
    "productUpdate": _update,
    "productVariants": _list("productVariants"),
    "orderCreate": _create_order,
}
