"""Tools for Stripe, by docs.stripe.com/api.

Quirks:
1. Bodies are forms. Amounts are whole numbers in the currency's smallest unit.
2. A list goes on after the id of its last object, while ``has_more`` is true.
3. A token of OAuth has ``read_only`` or ``read_write``, never both, and the connector asks for the
   second: it is what every tool declares.
4. An invoice is a draft with ``auto_advance`` off: Stripe sends nothing and collects nothing.
5. A subscription charges the customer's default payment method at once, without a trial. One whose
   first payment fails is not made.

A restricted key (``rk_…``) may lack the permission for a resource; Stripe answers 403 then.

Checked against Stripe's own library (stripe 16.1.0): paths, parameters and the members of answers;
and quirk 2 by docs.stripe.com/api/pagination. Unchecked: what the scopes of quirk 3 open.
"""

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_NEEDS = (Needs("stripe", ("read_write",)),)  # quirk 3
_PAGES = Pages(argument="starting_after", next="data[-1].id", more="has_more")  # quirk 2

_CUSTOMER = r"^cus_[A-Za-z0-9_]{1,250}$"
_PRICE = r"^price_[A-Za-z0-9_]{1,250}$"
_LIMIT = Field(default=None, ge=1, le=100, description="Objects per page; 10 by default.")
_AFTER = Field(
    default=None, max_length=255, description="Id of the last object of the page before."
)
_CURRENCY = Field(pattern="^[a-z]{3}$", description="ISO currency in small letters, such as usd.")


class _Page(Args):
    limit: int | None = _LIMIT
    starting_after: str | None = _AFTER


class ListCustomers(_Page):
    email: str | None = Field(
        default=None, max_length=512, description="Exact e-mail address; case matters."
    )


class ListOfCustomer(_Page):
    customer: str | None = Field(
        default=None, pattern=_CUSTOMER, description="Only this customer's (cus_…)."
    )


class ListInvoices(ListOfCustomer):
    status: Literal["draft", "open", "paid", "uncollectible", "void"] | None = Field(
        default=None, description="Only invoices with this status."
    )


class ListSubscriptions(ListOfCustomer):
    status: Literal["active", "past_due", "trialing", "canceled", "all"] | None = Field(
        default=None, description="Without it, all that are not canceled."
    )


class CreateCustomer(Args):
    email: str | None = Field(default=None, max_length=512, description="E-mail address.")
    name: str | None = Field(default=None, max_length=256, description="Full or business name.")
    phone: str | None = Field(default=None, max_length=20, description="Phone number.")
    description: str | None = Field(default=None, max_length=500, description="Internal note.")


class CreateInvoiceItem(Args):
    customer: str = Field(pattern=_CUSTOMER, description="The customer (cus_…).")
    amount: int = Field(
        description="In the smallest unit: 1250 is 12.50 USD. Negative is a credit."
    )
    currency: str = _CURRENCY
    description: str | None = Field(default=None, max_length=500, description="Text of the line.")


class CreateInvoice(Args):
    customer: str = Field(pattern=_CUSTOMER, description="The customer (cus_…).")
    days_until_due: int = Field(ge=0, le=365, description="Days until the invoice is due.")
    description: str | None = Field(
        default=None, max_length=500, description="Memo on the invoice."
    )


class CreateRefund(Args):
    payment_intent: str = Field(
        pattern=r"^pi_[A-Za-z0-9_]{1,250}$", description="The payment to give back (pi_…)."
    )
    amount: int | None = Field(
        default=None, ge=1, description="In the smallest unit; without it, all that is left."
    )
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = Field(
        default=None, description="Why."
    )


class CancelSubscription(Args):
    subscription: str = Field(
        pattern=r"^sub_[A-Za-z0-9_]{1,250}$", description="The subscription (sub_…)."
    )
    prorate: bool | None = Field(default=None, description="Credit the time that is unused.")
    invoice_now: bool | None = Field(default=None, description="Bill open usage now.")


class CreateSubscription(Args):
    customer: str = Field(pattern=_CUSTOMER, description="The customer (cus_…).")
    price: Annotated[str, In("body", "items[0].price")] = Field(
        pattern=_PRICE, description="A recurring price (price_…)."
    )
    quantity: Annotated[int, In("body", "items[0].quantity")] = Field(
        default=1, ge=1, le=1_000_000, description="How many of it."
    )
    trial_period_days: int | None = Field(
        default=None, ge=1, le=730, description="Days before the first charge."
    )


class CreateProduct(Args):
    name: str = Field(min_length=1, max_length=250, description="Name that customers see.")
    description: str | None = Field(
        default=None, max_length=5000, description="Text that customers see."
    )


class CreatePrice(Args):
    product: str = Field(pattern=r"^prod_[A-Za-z0-9_]{1,250}$", description="Of what (prod_…).")
    unit_amount: int = Field(ge=0, description="In the smallest unit: 1250 is 12.50 USD.")
    currency: str = _CURRENCY
    interval: Annotated[
        Literal["day", "week", "month", "year"] | None, In("body", "recurring.interval")
    ] = Field(default=None, description="How often it is charged; without it, once.")


class _OfPrice(Args):
    price: Annotated[str, In("body", "line_items[0].price")] = Field(
        pattern=_PRICE, description="The price (price_…)."
    )
    quantity: Annotated[int, In("body", "line_items[0].quantity")] = Field(
        default=1, ge=1, le=1_000_000, description="How many of it."
    )


class CreatePaymentLink(_OfPrice):
    pass


class CreateCheckoutSession(_OfPrice):
    mode: Literal["payment", "subscription"] = Field(
        default="payment", description="subscription for a recurring price."
    )
    success_url: str = Field(
        max_length=2000, pattern="^https://", description="Where the customer goes after paying."
    )
    customer: str | None = Field(
        default=None, pattern=_CUSTOMER, description="Who pays (cus_…); else a guest."
    )


class NoArguments(Args):
    pass


class Customer(Output):
    id: str
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    created: int | None = None


class Payment(Output):
    id: str
    amount: int
    amount_received: int | None = None
    currency: str
    status: str
    customer: str | None = None
    description: str | None = None
    created: int | None = None


class Invoice(Output):
    id: str
    number: str | None = None
    status: str | None = None
    customer: str | None = None
    amount_due: int | None = None
    amount_paid: int | None = None
    currency: str | None = None
    due_date: int | None = None
    hosted_invoice_url: str | None = None


class InvoiceItem(Output):
    id: str
    customer: str | None = None
    amount: int
    currency: str
    description: str | None = None


class Subscription(Output):
    id: str
    status: str
    customer: str | None = None
    price: str | None = Field(
        default=None, validation_alias=AliasPath("items", "data", 0, "price", "id")
    )
    cancel_at_period_end: bool | None = None
    canceled_at: int | None = None
    created: int | None = None


class Product(Output):
    id: str
    name: str
    active: bool | None = None
    description: str | None = None


class Price(Output):
    id: str
    product: str
    unit_amount: int | None = None
    currency: str
    type: str
    interval: str | None = Field(default=None, validation_alias=AliasPath("recurring", "interval"))


class PaymentLink(Output):
    id: str
    url: str
    active: bool


class CheckoutSession(Output):
    id: str
    url: str | None = Field(default=None, description="Page where the customer pays.")
    status: str | None = None
    amount_total: int | None = None
    currency: str | None = None
    expires_at: int | None = None


class Refund(Output):
    id: str
    amount: int
    currency: str
    status: str | None = None
    payment_intent: str | None = None


class Money(Output):
    amount: int
    currency: str


class Balance(Output):
    available: list[Money]
    pending: list[Money]


class Customers(Output):
    customers: list[Customer] = Field(validation_alias="data")


class Payments(Output):
    payments: list[Payment] = Field(validation_alias="data")


class Invoices(Output):
    invoices: list[Invoice] = Field(validation_alias="data")


class Subscriptions(Output):
    subscriptions: list[Subscription] = Field(validation_alias="data")


TOOLS = (
    HttpTool(
        name="stripe_list_customers",
        description="List customers, newest first: id, e-mail, name. Filter by exact e-mail.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/customers",
        args=ListCustomers,
        output=Customers,
        pages=_PAGES,
        examples=({"limit": 2}, {"email": "ana@acme.example"}),
    ),
    HttpTool(
        name="stripe_create_customer",
        description="Create a customer and return its id. Stripe does not refuse duplicates.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/customers",
        body_format="form",
        args=CreateCustomer,
        output=Customer,
        examples=({"email": "cleo@acme.example", "name": "Cleo Park"},),
    ),
    HttpTool(
        name="stripe_list_payments",
        description="List payments (PaymentIntents), newest first: id, amount in the smallest "
        "unit, status, customer.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/payment_intents",
        args=ListOfCustomer,
        output=Payments,
        pages=_PAGES,
        examples=({"limit": 2},),
    ),
    HttpTool(
        name="stripe_create_refund",
        description="Give a payment back to the customer, all or a part. Cannot be undone.",
        needs=_NEEDS,
        effect="destructive",
        method="POST",
        path="/refunds",
        body_format="form",
        args=CreateRefund,
        output=Refund,
        examples=({"payment_intent": "pi_sandbox_1", "amount": 500},),
    ),
    HttpTool(
        name="stripe_list_invoices",
        description="List invoices, newest first: number, status, amounts in the smallest unit, "
        "link to pay. Filter by customer and status.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/invoices",
        args=ListInvoices,
        output=Invoices,
        pages=_PAGES,
        examples=({"limit": 2}, {"status": "open"}),
    ),
    HttpTool(
        name="stripe_create_invoice_item",
        description="Add a line to the customer's next invoice. Then use stripe_create_invoice.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/invoiceitems",
        body_format="form",
        args=CreateInvoiceItem,
        output=InvoiceItem,
        examples=(
            {"customer": "cus_sandbox_1", "amount": 1250, "currency": "usd", "description": "Work"},
        ),
    ),
    HttpTool(
        name="stripe_create_invoice",
        description="Create a draft invoice of the customer's open lines. Nothing is sent or "
        "collected.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/invoices",
        body_format="form",
        body={  # quirk 4
            "collection_method": "send_invoice",
            "auto_advance": "false",
            "pending_invoice_items_behavior": "include",
        },
        args=CreateInvoice,
        output=Invoice,
        examples=({"customer": "cus_sandbox_1", "days_until_due": 14},),
    ),
    HttpTool(
        name="stripe_list_subscriptions",
        description="List subscriptions: status, customer, first price. Filter by customer and "
        "status.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/subscriptions",
        args=ListSubscriptions,
        output=Subscriptions,
        pages=_PAGES,
        examples=({"limit": 2},),
    ),
    HttpTool(
        name="stripe_create_subscription",
        description="Subscribe a customer to a recurring price. Charges the saved payment method "
        "at once, unless there is a trial.",
        needs=_NEEDS,
        effect="destructive",
        method="POST",
        path="/subscriptions",
        body_format="form",
        body={"payment_behavior": "error_if_incomplete"},  # quirk 5
        args=CreateSubscription,
        output=Subscription,
        examples=({"customer": "cus_sandbox_2", "price": "price_sandbox_1"},),
    ),
    HttpTool(
        name="stripe_cancel_subscription",
        description="Cancel a subscription at once. It cannot be taken up again.",
        needs=_NEEDS,
        effect="destructive",
        method="DELETE",
        path="/subscriptions/{subscription}",
        args=CancelSubscription,
        output=Subscription,
        examples=({"subscription": "sub_sandbox_1"},),
    ),
    HttpTool(
        name="stripe_create_product",
        description="Create a product. It is sold through prices: stripe_create_price.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/products",
        body_format="form",
        args=CreateProduct,
        output=Product,
        examples=({"name": "Teapot", "description": "One litre."},),
    ),
    HttpTool(
        name="stripe_create_price",
        description="Create a price of a product, for one payment or a recurring one.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/prices",
        body_format="form",
        args=CreatePrice,
        output=Price,
        examples=(
            {"product": "prod_sandbox_1", "unit_amount": 2000, "currency": "usd"},
            {
                "product": "prod_sandbox_1",
                "unit_amount": 900,
                "currency": "usd",
                "interval": "month",
            },
        ),
    ),
    HttpTool(
        name="stripe_create_payment_link",
        description="Create a link that anyone can pay a price by, any number of times.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/payment_links",
        body_format="form",
        args=CreatePaymentLink,
        output=PaymentLink,
        examples=({"price": "price_sandbox_2"},),
    ),
    HttpTool(
        name="stripe_create_checkout_session",
        description="Create a page on which one customer pays once or subscribes. Returns its URL.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/checkout/sessions",
        body_format="form",
        args=CreateCheckoutSession,
        output=CheckoutSession,
        examples=(
            {"price": "price_sandbox_2", "success_url": "https://shop.example/thanks"},
            {
                "price": "price_sandbox_1",
                "mode": "subscription",
                "customer": "cus_sandbox_1",
                "success_url": "https://shop.example/thanks",
            },
        ),
    ),
    HttpTool(
        name="stripe_get_balance",
        description="Read the account's balance by currency: available and pending, in the "
        "smallest unit.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/balance",
        args=NoArguments,
        output=Balance,
        examples=({},),
    ),
)
