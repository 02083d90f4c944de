"""Alpaca's trading API v2, by its OpenAPI document (account, positions, orders).

An error has a code and a message; those by which an order is refused are not confirmed.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"code": problem.status * 100_000, "message": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    position = {
        "asset_id": "904837e3-3b76-47ec-b432-046db621571b",
        "symbol": "AAPL",
        "exchange": "NASDAQ",
        "asset_class": "us_equity",
        "avg_entry_price": "200.0",
        "qty": "5",
        "qty_available": "5",
        "side": "long",
        "market_value": "1225.0",
        "cost_basis": "1000.0",
        "unrealized_pl": "225.0",
        "unrealized_plpc": "0.225",
        "unrealized_intraday_pl": "5.0",
        "unrealized_intraday_plpc": "0.004",
        "current_price": "245.0",
        "lastday_price": "244.0",
        "change_today": "0.004",
        "asset_marginable": True,
    }
    return {"positions": [position], "orders": {}}


API = SimulatedApi(
    "alpaca",
    base="{paper=paper-api.alpaca.markets|live=api.alpaca.markets}/v2",
    state=_state,
    refuse=_error,
)


@API.route("GET /account")
def get_account(call: Request) -> Any:
    return ELSEWHERE


@API.route("GET /positions")
def list_positions(call: Request) -> Any:
    return call.state["positions"]


_PRICES = {
    "market": set(),
    "limit": {"limit_price"},
    "stop": {"stop_price"},
    "stop_limit": {"limit_price", "stop_price"},
}


@API.route(
    "POST /orders",
    body={
        "symbol": str,
        "qty?": str,
        "notional?": str,
        "side": {"buy", "sell"},
        "type": {"market", "limit", "stop", "stop_limit", "trailing_stop"},
        "time_in_force": {"day", "gtc", "opg", "cls", "ioc", "fok"},
        "limit_price?": str,
        "stop_price?": str,
        "trail_price?": str,
        "trail_percent?": str,
        "extended_hours?": bool,
        "client_order_id?": str,
        "order_class?": {"simple", "bracket", "oco", "oto", ""},
    },
    effect="order_created",
)
def create_order(call: Request) -> Any:
    asked, orders = call.body, call.state["orders"]
    if ("qty" in asked) == ("notional" in asked):
        refuse("body", "one of qty and notional is required", 422)
    if asked["symbol"] != "AAPL":
        refuse("body", f'asset "{asked["symbol"]}" not found', 422)
    if {"limit_price", "stop_price"} & {*asked} != _PRICES.get(asked["type"], set()):
        refuse("body", f"{asked['type']} orders need other prices", 422)
    key = f"61e69015-8549-4bfd-b9c3-{int(call.new_id()):012}"
    name = asked.get("client_order_id", f"own-{key}")
    if name in orders:
        refuse("body", "client_order_id must be unique", 422)
    orders[name] = made = {
        "id": key,
        "client_order_id": name,
        "created_at": call.moment(),
        "submitted_at": call.moment(),
        "filled_at": None,
        "asset_class": "us_equity",
        "symbol": asked["symbol"],
        "qty": asked.get("qty"),
        "notional": asked.get("notional"),
        "filled_qty": "0",
        "filled_avg_price": None,
        "order_class": asked.get("order_class", ""),
        "type": asked["type"],
        "side": asked["side"],
        "time_in_force": asked["time_in_force"],
        "limit_price": asked.get("limit_price"),
        "stop_price": asked.get("stop_price"),
        "status": "accepted",
    }
    return made
