"""WooCommerce's REST API v3, by woocommerce.github.io/woocommerce-rest-api-docs (products, orders,
pagination, errors)."""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    code = "woocommerce_rest_invalid_id" if problem.status == 404 else "rest_invalid_param"
    said = {"code": code, "message": problem.message, "data": {"status": problem.status}}
    return Refusal(problem.status, said)


def _state(account: FictionalAccount) -> dict[str, Any]:
    shirt = {
        "id": 794,
        "name": "Shirt",
        "status": "publish",
        "price": "21.99",
        "sku": "SH-1",
        "stock_quantity": 12,
        "permalink": "https://acme.shops.example/product/shirt/",
    }
    orders = [
        {
            "id": number,
            "status": "processing",
            "date_created_gmt": f"2026-11-{number - 700}T09:00:00",
            "total": "29.35",
            "currency": "USD",
            "billing": {"first_name": "Ana", "email": "ana@acme.example"},
        }
        for number in range(727, 722, -1)
    ]
    return {"products": {"794": shirt}, "orders": orders}


API = SimulatedApi(
    "woocommerce", base="{*.shops.example}/wp-json/wc/v3", state=_state, refuse=_error
)


@API.route("GET /products/{id}")
def get_product(call: Request) -> Any:
    return call.found(call.state["products"], call.path["id"], "product")


@API.route(
    "GET /orders",
    query={
        "status?": {"any", "pending", "processing", "on-hold", "completed", "cancelled"},
        "per_page?": int,
        "page?": int,
    },
)
def list_orders(call: Request) -> Any:
    size, page = call.query.get("per_page", 10), call.query.get("page", 1)
    if not 1 <= size <= 100 or page < 1:
        refuse("parameters", "Invalid parameter(s): per_page, page")
    wanted = call.query.get("status", "any")
    found = [each for each in call.state["orders"] if wanted in ("any", each["status"])]
    pages = -(-len(found) // size)
    headers = {"x-wp-total": str(len(found)), "x-wp-totalpages": str(pages)}
    if page < pages:
        query = f"per_page={size}&page={page + 1}"
        headers["link"] = f'<https://{call.host}/wp-json/wc/v3/orders?{query}>; rel="next"'
    return Answer(200, found[(page - 1) * size : page * size], headers=headers)
