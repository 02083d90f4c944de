"""Printful, by developers.printful.com/docs (create an order, create a sync product, errors).

Unconfirmed: the shapes of answers.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    said = {"reason": "BadRequest", "message": problem.message}
    return Refusal(
        problem.status, {"code": problem.status, "result": problem.message, "error": said}
    )


API = SimulatedApi("printful", base="api.printful.com", refuse=_error)
_VARIANTS, _CATALOG = {70001, 70002}, {4011, 4012}


@API.route(
    "POST /orders",
    query={"confirm?": bool},
    body={
        "recipient": {
            "name": str,
            "address1": str,
            "city": str,
            "state_code?": str,
            "country_code": str,
            "zip?": str,
        },
        "items": [{"sync_variant_id": int, "quantity": int}],
    },
    effect="order_created",
)
def create_order(call: Request) -> Any:
    for item in call.body["items"]:
        if item["sync_variant_id"] not in _VARIANTS:
            refuse("parameters", f"Item 0: Sync variant {item['sync_variant_id']} was not found")
    to = call.body["recipient"]
    if to["country_code"] in {"US", "CA", "AU"} and not to.get("state_code"):
        refuse("parameters", "Recipient: State code is missing")
    status = "pending" if call.query.get("confirm") else "draft"
    return {"code": 200, "result": {"id": int(call.new_id()), "status": status, "recipient": to}}


@API.route(
    "POST /store/products",
    body={
        "sync_product": {"name": str, "thumbnail?": str},
        "sync_variants": [{"variant_id": int, "retail_price": str, "files": [{"url": str}]}],
    },
    effect="product_created",
)
def create_product(call: Request) -> Any:
    for variant in call.body["sync_variants"]:
        if variant["variant_id"] not in _CATALOG:
            refuse("parameters", f"Variant {variant['variant_id']} was not found")
    name, count = call.body["sync_product"]["name"], len(call.body["sync_variants"])
    made = {"id": int(call.new_id()), "name": name, "variants": count, "synced": count}
    return {"code": 200, "result": made}
