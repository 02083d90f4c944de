"""Tools for Square, by developer.squareup.com/reference/square.

Quirks:
1. A list goes on with ``cursor``, which stands at the top of the answer and is absent at the end.
   The next call repeats the filters.
2. Scopes are one per resource: payments, merchant profile (locations), items and customers.
3. Amounts are whole numbers in the currency's smallest unit.

Methods, paths, parameters, scopes and members are checked against Square's OpenAPI document
(square/connect-api-specification); what else Square demands of a value is not.
"""

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_PAGES = Pages(argument="cursor", next="cursor")  # quirk 1
_CURSOR = Field(default=None, max_length=4096, description="Cursor of the page before.")
_TIME = "RFC 3339 time, such as 2026-11-01T00:00:00Z"


class ListPayments(Args):
    begin_time: str | None = Field(default=None, max_length=40, description=f"From this {_TIME}.")
    end_time: str | None = Field(default=None, max_length=40, description=f"Until this {_TIME}.")
    location_id: str | None = Field(default=None, max_length=50, description="Only this location.")
    limit: int | None = Field(default=None, ge=1, le=100, description="Payments per page.")
    cursor: str | None = _CURSOR


class GetPayment(Args):
    payment_id: str = Field(min_length=1, max_length=192, description="Id of the payment.")


class CreatePayment(Args):
    source_id: str = Field(
        pattern=r"^(ccof:|cnon:)[A-Za-z0-9_-]{1,180}$",
        description="A card on file (ccof:…) or a token of Square's payment form (cnon:…).",
    )
    amount: Annotated[int, In("body", "amount_money.amount")] = Field(
        ge=1, description="In the smallest unit: 1250 is 12.50 USD."
    )
    currency: Annotated[str, In("body", "amount_money.currency")] = Field(
        pattern="^[A-Z]{3}$", description="The location's currency, such as USD."
    )
    nonce: Annotated[str, In("body", "idempotency_key")] = Field(
        min_length=8,
        max_length=45,
        description="A new UUID for each payment; the same again pays once.",
    )
    customer_id: str | None = Field(
        default=None, max_length=191, description="Whose card it is; needed for a card on file."
    )
    location_id: str | None = Field(
        default=None, max_length=50, description="Where; the main location without it."
    )
    note: str | None = Field(default=None, max_length=500, description="Note on the payment.")


class NoArguments(Args):
    pass


class ListItems(Args):
    cursor: str | None = _CURSOR


class SearchCustomers(Args):
    email: Annotated[str | None, In("body", "query.filter.email_address.fuzzy")] = Field(
        default=None, max_length=255, description="Part of the e-mail address."
    )
    phone: Annotated[str | None, In("body", "query.filter.phone_number.fuzzy")] = Field(
        default=None, max_length=20, description="Part of the phone number."
    )
    limit: int | None = Field(default=None, ge=1, le=100, description="Customers per page.")
    cursor: str | None = _CURSOR


class Payment(Output):
    id: str
    status: str | None = None
    amount: int | None = Field(default=None, validation_alias=AliasPath("amount_money", "amount"))
    currency: str | None = Field(
        default=None, validation_alias=AliasPath("amount_money", "currency")
    )
    refunded: int | None = Field(
        default=None, validation_alias=AliasPath("refunded_money", "amount")
    )
    location_id: str | None = None
    order_id: str | None = None
    customer_id: str | None = None
    note: str | None = None
    receipt_url: str | None = None
    created_at: str | None = None


class Payments(Output):
    payments: list[Payment] = Field(default=[])


class OnePayment(Output):
    payment: Payment


class Location(Output):
    id: str
    name: str | None = None
    status: str | None = None
    currency: str | None = None
    timezone: str | None = None


class Locations(Output):
    locations: list[Location] = Field(default=[])


class Item(Output):
    id: str
    name: str | None = Field(default=None, validation_alias=AliasPath("item_data", "name"))
    description: str | None = Field(
        default=None, validation_alias=AliasPath("item_data", "description")
    )
    updated_at: str | None = None


class Items(Output):
    items: list[Item] = Field(default=[], validation_alias="objects")


class Customer(Output):
    id: str
    given_name: str | None = None
    family_name: str | None = None
    company_name: str | None = None
    email: str | None = Field(default=None, validation_alias="email_address")
    phone: str | None = Field(default=None, validation_alias="phone_number")


class Customers(Output):
    customers: list[Customer] = Field(default=[])


TOOLS = (
    HttpTool(
        name="square_list_payments",
        description="List payments, newest first: status, amount in the smallest unit, receipt. "
        "Filter by time and location; without a time, the last year.",
        needs=(Needs("square", ("PAYMENTS_READ",)),),
        effect="read",
        method="GET",
        path="/v2/payments",
        args=ListPayments,
        output=Payments,
        pages=_PAGES,
        examples=({"limit": 2}, {"begin_time": "2026-11-01T00:00:00Z"}),
    ),
    HttpTool(
        name="square_get_payment",
        description="Read one payment: status, amount, refunded amount, order, receipt.",
        needs=(Needs("square", ("PAYMENTS_READ",)),),
        effect="read",
        method="GET",
        path="/v2/payments/{payment_id}",
        args=GetPayment,
        output=OnePayment,
        examples=({"payment_id": "pay-sandbox-1"},),
    ),
    HttpTool(
        name="square_create_payment",
        description="Charge a card, and return the payment. Takes the money at once.",
        needs=(Needs("square", ("payments",)),),
        effect="destructive",
        method="POST",
        path="/v2/payments",
        args=CreatePayment,
        output=OnePayment,
        examples=(
            {
                "source_id": "ccof:sandbox-card-1",
                "customer_id": "CUST1SANDBOX",
                "amount": 1250,
                "currency": "USD",
                "nonce": "7b0f3ec5-086a-4871-8f13-3c81b3875218",
            },
        ),
    ),
    HttpTool(
        name="square_list_locations",
        description="List the seller's locations: id, name, status, currency.",
        needs=(Needs("square", ("MERCHANT_PROFILE_READ",)),),
        effect="read",
        method="GET",
        path="/v2/locations",
        args=NoArguments,
        output=Locations,
        examples=({},),
    ),
    HttpTool(
        name="square_list_items",
        description="List the items of the catalog: id, name, description.",
        needs=(Needs("square", ("items",)),),
        effect="read",
        method="GET",
        path="/v2/catalog/list",
        query={"types": "ITEM"},
        args=ListItems,
        output=Items,
        pages=_PAGES,
        examples=({},),
    ),
    HttpTool(
        name="square_search_customers",
        description="Search customers by a part of e-mail or phone number; without them, all.",
        needs=(Needs("square", ("customers",)),),
        effect="read",
        method="POST",
        path="/v2/customers/search",
        args=SearchCustomers,
        output=Customers,
        pages=_PAGES,
        examples=({"limit": 2}, {"email": "ana@"}),
    ),
)
