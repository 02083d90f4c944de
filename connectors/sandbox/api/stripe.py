"""Stripe's API, by docs.stripe.com/api (pagination, errors, customers, payment intents, refunds,
invoices, invoice items, subscriptions, products, prices, payment links, checkout sessions,
balance).

That a token with ``read_only`` is refused a write with 403 is by docs.stripe.com/connect/oauth;
the text and type of that refusal are not confirmed.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_READ = "read_only read_write"
_CODES = {"not_found": "resource_missing", "parameters": "parameter_unknown"}
_MADE = 1795000000


def _error(problem: Problem) -> Refusal:
    error = {"type": "invalid_request_error", "message": problem.message}
    if problem.kind in _CODES:
        error["code"] = _CODES[problem.kind]
    return Refusal(problem.status, {"error": error})


def _customer(key: str, name: str | None, email: str | None, created: int) -> dict[str, Any]:
    return {
        "id": key,
        "object": "customer",
        "balance": 0,
        "created": created,
        "currency": None,
        "delinquent": False,
        "description": None,
        "email": email,
        "livemode": False,
        "metadata": {},
        "name": name,
        "phone": None,
    }


def _payment(number: int, customer: str, amount: int) -> dict[str, Any]:
    return {
        "id": f"pi_sandbox_{number}",
        "object": "payment_intent",
        "amount": amount,
        "amount_received": amount,
        "created": _MADE + number,
        "currency": "usd",
        "customer": customer,
        "description": f"Order {number}",
        "livemode": False,
        "metadata": {},
        "status": "succeeded",
    }


def _invoice(key: str, customer: str, status: str, due: int, created: int) -> dict[str, Any]:
    return {
        "id": key,
        "object": "invoice",
        "amount_due": due,
        "amount_paid": due if status == "paid" else 0,
        "collection_method": "send_invoice",
        "created": created,
        "currency": "usd",
        "customer": customer,
        "due_date": None,
        "hosted_invoice_url": None if status == "draft" else f"https://invoice.stripe.com/i/{key}",
        "livemode": False,
        "number": None if status == "draft" else key.upper(),
        "status": status,
    }


def _price(key: str, product: str, amount: int, interval: str | None) -> dict[str, Any]:
    recurring = {"interval": interval, "interval_count": 1, "usage_type": "licensed"}
    return {
        "id": key,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": _MADE,
        "currency": "usd",
        "livemode": False,
        "metadata": {},
        "product": product,
        "recurring": recurring if interval else None,
        "type": "recurring" if interval else "one_time",
        "unit_amount": amount,
    }


def _product(key: str, name: str, created: int) -> dict[str, Any]:
    return {
        "id": key,
        "object": "product",
        "active": True,
        "created": created,
        "description": None,
        "images": [],
        "livemode": False,
        "metadata": {},
        "name": name,
        "type": "service",
        "updated": created,
        "url": None,
    }


def _subscription(number: int, customer: str) -> dict[str, Any]:
    price = _price("price_sandbox_1", "prod_sandbox_1", 2000, "month")
    item = {"id": f"si_sandbox_{number}", "object": "subscription_item", "price": price}
    return {
        "id": f"sub_sandbox_{number}",
        "object": "subscription",
        "cancel_at_period_end": False,
        "canceled_at": None,
        "created": _MADE + number,
        "currency": "usd",
        "customer": customer,
        "items": {"object": "list", "data": [item], "has_more": False},
        "livemode": False,
        "status": "active",
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    people = (("Ana Diaz", "ana@acme.example"), ("Ben Okoro", "ben@acme.example"), (None, None))
    customers = [
        _customer(f"cus_sandbox_{n}", name, email, _MADE + n)
        for n, (name, email) in enumerate(people, 1)
    ]
    return {
        "customers": {each["id"]: each for each in customers},
        "payment_intents": {
            f"pi_sandbox_{n}": _payment(n, f"cus_sandbox_{n}", 1000 * n) for n in (1, 2, 3)
        },
        "refunds": {},
        "products": {"prod_sandbox_1": _product("prod_sandbox_1", "Tea", _MADE)},
        "prices": {
            "price_sandbox_1": _price("price_sandbox_1", "prod_sandbox_1", 2000, "month"),
            "price_sandbox_2": _price("price_sandbox_2", "prod_sandbox_1", 500, None),
        },
        "payment_links": {},
        "sessions": {},
        "invoiceitems": {},
        "invoices": {
            f"in_sandbox_{n}": _invoice(f"in_sandbox_{n}", "cus_sandbox_1", status, 500 * n, _MADE)
            for n, status in enumerate(("paid", "open", "open"), 1)
        },
        "subscriptions": {
            f"sub_sandbox_{n}": _subscription(n, f"cus_sandbox_{n}") for n in (1, 2, 3)
        },
    }


API = SimulatedApi("stripe", base="api.stripe.com/v1", state=_state, refuse=_error)

_PAGING = {"limit?": int, "starting_after?": str, "ending_before?": str, "created[*]?": int}


def _list(call: Request, name: str, *filters: str) -> dict[str, Any]:
    return _page(call, name, list(call.state[name].values()), *filters)


def _page(call: Request, name: str, objects: list[Any], *filters: str) -> dict[str, Any]:
    """A page of the newest first, by docs.stripe.com/api/pagination."""
    wanted = {key: call.query[key] for key in filters if key in call.query}
    things = [
        each
        for each in reversed(objects)
        if all(each[key] == value for key, value in wanted.items())
    ]
    size = call.query.get("limit", 10)
    if not 1 <= size <= 100:
        refuse("parameters", "This value must be between 1 and 100.")
    if "starting_after" in call.query:
        ids = [each["id"] for each in things]
        after = call.query["starting_after"]
        if after not in ids:
            refuse("not_found", f"No such object: '{after}'", 400)
        things = things[ids.index(after) + 1 :]
    page = things[:size]
    more = len(things) > size
    return {"object": "list", "url": f"/v1/{name}", "has_more": more, "data": page}


def _of_customer(call: Request) -> str:
    customer: str = call.body["customer"]
    if customer not in call.state["customers"]:
        refuse("not_found", f"No such customer: '{customer}'", 400)
    return customer


@API.route("GET /customers", any_of=_READ, query={"email?": str, **_PAGING})
def list_customers(call: Request) -> Any:
    return _list(call, "customers", "email")


@API.route(
    "POST /customers",
    scopes="read_write",
    body={
        "email?": str,
        "name?": str,
        "phone?": str,
        "description?": str,
        "metadata[*]?": str,
        "address[*]?": str,
    },
    body_format="form",
    effect="customer_created",
)
def create_customer(call: Request) -> Any:
    made = _customer(call.new_id("cus_sandbox_"), None, None, int(call.now.timestamp()))
    made |= {name: value for name, value in call.body.items() if "[" not in name}
    call.state["customers"][made["id"]] = made
    return made


@API.route("GET /payment_intents", any_of=_READ, query={"customer?": str, **_PAGING})
def list_payments(call: Request) -> Any:
    return _list(call, "payment_intents", "customer")


@API.route(
    "POST /refunds",
    scopes="read_write",
    body={
        "payment_intent": str,
        "amount?": int,
        "reason?": {"duplicate", "fraudulent", "requested_by_customer"},
        "metadata[*]?": str,
    },
    body_format="form",
    effect="refund_created",
)
def create_refund(call: Request) -> Any:
    key = call.body["payment_intent"]
    if key not in call.state["payment_intents"]:
        refuse("not_found", f"No such payment_intent: '{key}'", 404)
    payment = call.state["payment_intents"][key]
    given = sum(r["amount"] for r in call.state["refunds"].values() if r["payment_intent"] == key)
    left = payment["amount_received"] - given
    amount = call.body.get("amount", left)
    if not 0 < amount <= left:
        refuse("amount", f"Refund amount ({amount}) is greater than unrefunded amount ({left})")
    made = {
        "id": call.new_id("re_sandbox_"),
        "object": "refund",
        "amount": amount,
        "created": int(call.now.timestamp()),
        "currency": payment["currency"],
        "payment_intent": key,
        "reason": call.body.get("reason"),
        "status": "succeeded",
    }
    call.state["refunds"][made["id"]] = made
    return made


@API.route(
    "GET /invoices",
    any_of=_READ,
    query={
        "customer?": str,
        "status?": {"draft", "open", "paid", "uncollectible", "void"},
        "subscription?": str,
        "collection_method?": {"charge_automatically", "send_invoice"},
        **_PAGING,
    },
)
def list_invoices(call: Request) -> Any:
    return _list(call, "invoices", "customer", "status", "collection_method")


@API.route(
    "POST /invoiceitems",
    scopes="read_write",
    body={
        "customer": str,
        "amount?": int,
        "currency?": str,
        "description?": str,
        "invoice?": str,
        "metadata[*]?": str,
    },
    body_format="form",
    effect="invoice_item_created",
)
def create_invoice_item(call: Request) -> Any:
    made = {
        "id": call.new_id("ii_sandbox_"),
        "object": "invoiceitem",
        "amount": call.body.get("amount", 0),
        "currency": call.body.get("currency", "usd"),
        "customer": _of_customer(call),
        "description": call.body.get("description"),
        "invoice": call.body.get("invoice"),
    }
    call.state["invoiceitems"][made["id"]] = made
    return made


@API.route(
    "POST /invoices",
    scopes="read_write",
    body={
        "customer": str,
        "auto_advance?": bool,
        "collection_method?": {"charge_automatically", "send_invoice"},
        "days_until_due?": int,
        "description?": str,
        "pending_invoice_items_behavior?": {"exclude", "include"},
        "metadata[*]?": str,
    },
    body_format="form",
    effect="invoice_created",
)
def create_invoice(call: Request) -> Any:
    customer, sent = _of_customer(call), call.body.get("collection_method") == "send_invoice"
    if sent != ("days_until_due" in call.body):
        refuse("body", "days_until_due goes with collection_method=send_invoice, and only with it")
    open_items = [
        each
        for each in call.state["invoiceitems"].values()
        if each["customer"] == customer and each["invoice"] is None
    ]
    if call.body.get("pending_invoice_items_behavior", "exclude") == "exclude":
        open_items = []
    now, due = int(call.now.timestamp()), sum(each["amount"] for each in open_items)
    made = _invoice(call.new_id("in_sandbox_"), customer, "draft", due, now)
    if sent:
        made["due_date"] = now + 86400 * call.body["days_until_due"]
    for each in open_items:
        each["invoice"] = made["id"]
    call.state["invoices"][made["id"]] = made
    return made


@API.route(
    "GET /subscriptions",
    any_of=_READ,
    query={
        "customer?": str,
        "price?": str,
        "status?": {"active", "past_due", "trialing", "canceled", "unpaid", "ended", "all"},
        **_PAGING,
    },
)
def list_subscriptions(call: Request) -> Any:
    asked = call.query.get("status")
    kept = [
        each
        for each in call.state["subscriptions"].values()
        if asked == "all" or (each["status"] == asked if asked else each["status"] != "canceled")
    ]
    return _page(call, "subscriptions", kept, "customer")


_CANCEL = {"invoice_now?": bool, "prorate?": bool}


@API.route(
    "DELETE /subscriptions/{id}", scopes="read_write", query=_CANCEL, effect="subscription_canceled"
)
def cancel_subscription(call: Request) -> Any:
    found = call.found(call.state["subscriptions"], call.path["id"], "subscription:")
    if found["status"] == "canceled":
        refuse("not_found", f"No such subscription: '{call.path['id']}'")
    found |= {"status": "canceled", "canceled_at": int(call.now.timestamp())}
    return found


def _priced(call: Request, key: str, at: str) -> dict[str, Any]:
    """The price of ``key[0]``, of those that the account has."""
    price = call.body.get(f"{key}[0][price]", "")
    if price not in call.state["prices"]:
        refuse("not_found", f"No such price: '{price}'", 400)
    found: dict[str, Any] = call.state["prices"][price]
    if at == "subscription" and found["recurring"] is None:
        refuse("body", f"The price {price} is not recurring")
    if at == "payment" and found["recurring"] is not None:
        refuse("body", "You must provide a one time price in payment mode")
    return found


@API.route(
    "POST /subscriptions",
    scopes="read_write",
    body={
        "customer": str,
        "items[0][price]": str,
        "items[0][quantity]?": int,
        "collection_method?": {"charge_automatically", "send_invoice"},
        "days_until_due?": int,
        "default_payment_method?": str,
        "description?": str,
        "metadata[*]?": str,
        "payment_behavior?": {
            "allow_incomplete",
            "default_incomplete",
            "error_if_incomplete",
            "pending_if_incomplete",
        },
        "trial_period_days?": int,
    },
    body_format="form",
    effect="subscription_created",
)
def create_subscription(call: Request) -> Any:
    price = _priced(call, "items", "subscription")
    made = _subscription(int(call.new_id()), _of_customer(call))
    item = {**made["items"]["data"][0], "price": price}
    item["quantity"] = call.body.get("items[0][quantity]", 1)
    made["items"]["data"] = [item]
    made["created"] = int(call.now.timestamp())
    made["status"] = "trialing" if "trial_period_days" in call.body else "active"
    call.state["subscriptions"][made["id"]] = made
    return made


@API.route(
    "POST /products",
    scopes="read_write",
    body={
        "name": str,
        "active?": bool,
        "description?": str,
        "metadata[*]?": str,
        "statement_descriptor?": str,
        "unit_label?": str,
        "url?": str,
    },
    body_format="form",
    effect="product_created",
)
def create_product(call: Request) -> Any:
    key = call.new_id("prod_sandbox_")
    made = _product(key, call.body["name"], int(call.now.timestamp()))
    made["description"] = call.body.get("description")
    call.state["products"][key] = made
    return made


@API.route(
    "POST /prices",
    scopes="read_write",
    body={
        "currency": str,
        "product": str,
        "unit_amount?": int,
        "active?": bool,
        "lookup_key?": str,
        "metadata[*]?": str,
        "nickname?": str,
        "recurring[interval]?": {"day", "week", "month", "year"},
        "recurring[interval_count]?": int,
    },
    body_format="form",
    effect="price_created",
)
def create_price(call: Request) -> Any:
    product = call.body["product"]
    if product not in call.state["products"]:
        refuse("not_found", f"No such product: '{product}'", 400)
    if "unit_amount" not in call.body:
        refuse("body", "Prices require an unit_amount or unit_amount_decimal parameter.")
    interval = call.body.get("recurring[interval]")
    made = _price(call.new_id("price_sandbox_"), product, call.body["unit_amount"], interval)
    made |= {"created": int(call.now.timestamp()), "currency": call.body["currency"]}
    call.state["prices"][made["id"]] = made
    return made


@API.route(
    "POST /payment_links",
    scopes="read_write",
    body={
        "line_items[0][price]": str,
        "line_items[0][quantity]": int,
        "allow_promotion_codes?": bool,
        "metadata[*]?": str,
    },
    body_format="form",
    effect="payment_link_created",
)
def create_payment_link(call: Request) -> Any:
    price = _priced(call, "line_items", "link")
    key = call.new_id("plink_sandbox_")
    made = {
        "id": key,
        "object": "payment_link",
        "active": True,
        "currency": price["currency"],
        "livemode": False,
        "metadata": {},
        "url": f"https://buy.stripe.com/test_{key}",
    }
    call.state["payment_links"][key] = made
    return made


@API.route(
    "POST /checkout/sessions",
    scopes="read_write",
    body={
        "line_items[0][price]": str,
        "line_items[0][quantity]?": int,
        "mode": {"payment", "subscription"},
        "success_url": str,
        "cancel_url?": str,
        "client_reference_id?": str,
        "customer?": str,
        "customer_email?": str,
        "metadata[*]?": str,
        "ui_mode?": {"hosted_page"},
    },
    body_format="form",
    effect="checkout_session_created",
)
def create_checkout_session(call: Request) -> Any:
    price = _priced(call, "line_items", call.body["mode"])
    key, now = call.new_id("cs_test_sandbox_"), int(call.now.timestamp())
    made = {
        "id": key,
        "object": "checkout.session",
        "amount_total": price["unit_amount"] * call.body.get("line_items[0][quantity]", 1),
        "created": now,
        "currency": price["currency"],
        "customer": _of_customer(call) if "customer" in call.body else None,
        "expires_at": now + 86400,
        "livemode": False,
        "metadata": {},
        "mode": call.body["mode"],
        "payment_status": "unpaid",
        "status": "open",
        "success_url": call.body["success_url"],
        "url": f"https://checkout.stripe.com/c/pay/{key}",
    }
    call.state["sessions"][key] = made
    return made


@API.route("GET /balance", any_of=_READ)
def get_balance(call: Request) -> Any:
    taken = sum(each["amount_received"] for each in call.state["payment_intents"].values())
    given = sum(each["amount"] for each in call.state["refunds"].values())
    money = {"amount": taken - given, "currency": "usd", "source_types": {"card": taken - given}}
    pending = {"amount": 0, "currency": "usd", "source_types": {"card": 0}}
    return {"object": "balance", "available": [money], "livemode": False, "pending": [pending]}
