"""Square's API, by developer.squareup.com/reference/square (payments, locations, catalog,
customers) and …/docs/build-basics/handling-errors.

Methods, paths, parameters, scopes and members are checked against Square's OpenAPI document
(square/connect-api-specification); what else Square demands of a value is not.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, page_of, refuse

_KINDS = {
    "scope": ("AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES"),
    "not_found": ("INVALID_REQUEST_ERROR", "NOT_FOUND"),
    "rate_limited": ("RATE_LIMIT_ERROR", "RATE_LIMITED"),
}


def _error(problem: Problem) -> Refusal:
    category, code = _KINDS.get(problem.kind, ("INVALID_REQUEST_ERROR", "BAD_REQUEST"))
    said = {"category": category, "code": code, "detail": problem.message}
    return Refusal(problem.status, {"errors": [said]})


def _payment(number: int) -> dict[str, Any]:
    return {
        "id": f"pay-sandbox-{number}",
        "created_at": f"2026-11-{number:02}T10:00:00.000Z",
        "updated_at": f"2026-11-{number:02}T10:00:05.000Z",
        "amount_money": {"amount": 450 * number, "currency": "USD"},
        "total_money": {"amount": 450 * number, "currency": "USD"},
        "status": "COMPLETED",
        "source_type": "CARD",
        "location_id": "L0SANDBOX",
        "order_id": f"order-sandbox-{number}",
        "receipt_url": f"https://squareup.com/receipt/preview/pay-sandbox-{number}",
    }


def _customer(key: str, given: str, family: str, email: str) -> dict[str, Any]:
    return {
        "id": key,
        "created_at": "2026-10-01T08:00:00.000Z",
        "given_name": given,
        "family_name": family,
        "email_address": email,
        "phone_number": "+1 415 555 0101",
        "creation_source": "THIRD_PARTY",
        "version": 0,
    }


def _item(number: int, name: str) -> dict[str, Any]:
    return {
        "type": "ITEM",
        "id": f"ITEM{number}SANDBOX",
        "updated_at": "2026-10-05T08:00:00.000Z",
        "version": 1,
        "is_deleted": False,
        "present_at_all_locations": True,
        "item_data": {"name": name, "description": f"A cup of {name.lower()}."},
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    people = (("Ana", "Diaz"), ("Ben", "Okoro"), ("Cleo", "Park"))
    return {
        "made": [],
        "payments": [_payment(number) for number in (5, 4, 3, 2, 1)],
        "items": [_item(n, name) for n, name in enumerate(("Espresso", "Tea", "Cocoa"), 1)],
        "customers": [
            _customer(f"CUST{n}SANDBOX", given, family, f"{given.lower()}@acme.example")
            for n, (given, family) in enumerate(people, 1)
        ],
    }


API = SimulatedApi("square", base="connect.squareup.com/v2", state=_state, refuse=_error)


def _page(name: str, things: list[Any], most: int, size: int, cursor: str | None) -> dict[str, Any]:
    if not 1 <= size <= most:
        refuse("parameters", f"limit must be between 1 and {most}")
    page, following = page_of(things, cursor, size)
    # An empty list is left out, and so is the cursor at the end.
    return ({name: page} if page else {}) | ({"cursor": following} if following else {})


@API.route(
    "GET /payments",
    scopes="PAYMENTS_READ",
    query={
        "begin_time?": str,
        "end_time?": str,
        "sort_order?": {"ASC", "DESC"},
        "cursor?": str,
        "location_id?": str,
        "limit?": int,
    },
)
def list_payments(call: Request) -> Any:
    begin, end = call.query.get("begin_time", ""), call.query.get("end_time", "9")
    place = call.query.get("location_id", "L0SANDBOX")
    found = [
        each
        for each in call.state["payments"]
        if begin <= each["created_at"] < end and each["location_id"] == place
    ]
    if call.query.get("sort_order") == "ASC":
        found.reverse()
    size = call.query.get("limit", 100)
    return _page("payments", found, 100, size, call.query.get("cursor"))


@API.route("GET /payments/{payment_id}", scopes="PAYMENTS_READ")
def get_payment(call: Request) -> Any:
    known = {each["id"]: each for each in call.state["payments"]}
    return {"payment": call.found(known, call.path["payment_id"], "payment")}


@API.route(
    "POST /payments",
    scopes="PAYMENTS_WRITE",
    body={
        "source_id": str,
        "idempotency_key": str,
        "amount_money?": {"amount": int, "currency": str},
        "tip_money?": {"amount": int, "currency": str},
        "autocomplete?": bool,
        "customer_id?": str,
        "location_id?": str,
        "note?": str,
        "order_id?": str,
        "reference_id?": str,
        "verification_token?": str,
    },
    effect="payment_created",
)
def create_payment(call: Request) -> Any:
    asked = call.body
    if not 1 <= len(asked["idempotency_key"]) <= 45:
        refuse("body", "Field must not be greater than 45 in length")
    made = {each["key"]: each["payment"] for each in call.state["made"]}
    if asked["idempotency_key"] in made:
        return {"payment": made[asked["idempotency_key"]]}
    money = asked.get("amount_money")
    if money is None or money["currency"] != "USD":
        refuse("body", "The currency must match the currency of the location")
    if asked.get("location_id", "L0SANDBOX") != "L0SANDBOX":
        refuse("not_found", "Location not found")
    customers = {each["id"] for each in call.state["customers"]}
    if asked["source_id"] != "ccof:sandbox-card-1":
        refuse("not_found", "Card not found")
    if asked.get("customer_id") not in customers:
        refuse("body", "A card on file needs the customer whose it is")
    payment = {
        **_payment(1),
        "id": call.new_id("pay-sandbox-"),
        "created_at": call.moment(),
        "updated_at": call.moment(),
        "amount_money": money,
        "total_money": money,
        "customer_id": asked["customer_id"],
        **({"note": asked["note"]} if "note" in asked else {}),
    }
    call.state["payments"].insert(0, payment)
    call.state["made"].append({"key": asked["idempotency_key"], "payment": payment})
    return {"payment": payment}


@API.route("GET /locations", scopes="MERCHANT_PROFILE_READ")
def list_locations(call: Request) -> Any:
    shown = {
        "id": "L0SANDBOX",
        "name": "Main street",
        "status": "ACTIVE",
        "country": "US",
        "currency": "USD",
        "timezone": "America/Los_Angeles",
        "merchant_id": call.account.facts["merchant_id"],
    }
    return {"locations": [shown]}


@API.route(
    "GET /catalog/list",
    scopes="ITEMS_READ",
    query={"cursor?": str, "types?": str, "catalog_version?": int},
)
def list_catalog(call: Request) -> Any:
    kinds = call.query.get("types", "ITEM").split(",")
    found = [each for each in call.state["items"] if each["type"] in kinds]
    return _page("objects", found, 100, 2, call.query.get("cursor"))


_TEXT = {"exact?": str, "fuzzy?": str}


@API.route(
    "POST /customers/search",
    scopes="CUSTOMERS_READ",
    body={
        "cursor?": str,
        "limit?": int,
        "count?": bool,
        "query?": {
            "filter?": {"email_address?": _TEXT, "phone_number?": _TEXT, "reference_id?": _TEXT},
            "sort?": {"field": {"DEFAULT", "CREATED_AT"}, "order": {"ASC", "DESC"}},
        },
    },
)
def search_customers(call: Request) -> Any:
    filters = call.body.get("query", {}).get("filter", {})
    found = [
        each
        for each in call.state["customers"]
        if all(
            wanted.get("fuzzy", "").lower() in each.get(name, "").lower()
            and wanted.get("exact", each.get(name)) == each.get(name)
            for name, wanted in filters.items()
        )
    ]
    return _page("customers", found, 100, call.body.get("limit", 100), call.body.get("cursor"))
