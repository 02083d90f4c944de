"""Intrinio's API v2, by the SDK that it publishes (intrinio/python-sdk: SecurityApi, CompanyApi,
OptionsApi and the models that they return).

The words of an error, and what an option chain without contracts answers, are not confirmed.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, page_of, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"error": problem.kind, "message": problem.message})


def _statement(number: int, code: str, year: int) -> dict[str, Any]:
    return {
        "id": f"fun_sandbox{number}",
        "statement_code": code,
        "fiscal_year": year,
        "fiscal_period": "FY",
        "type": "reported",
        "start_date": f"{year - 1}-10-01",
        "end_date": f"{year}-09-30",
        "filing_date": f"{year}-11-01T00:00:00.000Z",
        "is_latest": year == 2026,
        "updated_date": f"{year}-11-02T00:00:00.000Z",
    }


def _contract(kind: str, strike: int) -> dict[str, Any]:
    return {
        "option": {
            "id": f"opt_{kind}{strike}",
            "code": f"AAPL__261218{kind[0].upper()}{strike * 1000:08}",
            "ticker": "AAPL",
            "expiration": "2026-12-18",
            "strike": float(strike),
            "type": kind,
        },
        "price": {
            "date": "2026-11-27",
            "close": 7.5,
            "close_bid": 7.4,
            "close_ask": 7.6,
            "volume": 120,
            "volume_bid": 60,
            "volume_ask": 60,
            "trades": 40,
            "open_interest": 900,
            "open_interest_change": 20,
            "next_day_open_interest": 920,
            "implied_volatility": 0.24,
            "implied_volatility_change": 0.01,
            "delta": 0.5 if kind == "call" else -0.5,
        },
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    places = [
        (code, year) for year in (2026, 2025) for code in ("income_statement", "calculations")
    ]
    return {
        "statements": [_statement(n, code, year) for n, (code, year) in enumerate(places, 1)],
        "contracts": [_contract(kind, strike) for kind in ("call", "put") for strike in (240, 250)],
    }


API = SimulatedApi("intrinio", base="api-v2.intrinio.com", state=_state, refuse=_error)


def _only(ticker: str) -> None:
    if ticker != "AAPL":
        refuse("not_found", f"An endpoint or data was not found for {ticker}")


@API.route("GET /securities/{identifier}/prices/realtime", query={"source?": str})
def get_price(call: Request) -> Any:
    _only(call.path["identifier"])
    return {
        "last_price": 245.5,
        "last_time": "2026-11-27T20:59:59.000Z",
        "last_size": 100.0,
        "bid_price": 245.4,
        "bid_size": 200.0,
        "ask_price": 245.6,
        "ask_size": 300.0,
        "open_price": 243.0,
        "close_price": None,
        "high_price": 246.0,
        "low_price": 242.5,
        "exchange_volume": 500000.0,
        "market_volume": 41000000.0,
        "updated_on": "2026-11-27T21:00:00.000Z",
        "source": "iex",
    }


@API.route(
    "GET /companies/{identifier}/fundamentals",
    query={
        "filed_after?": str,
        "filed_before?": str,
        "reported_only?": bool,
        "fiscal_year?": int,
        "statement_code?": str,
        "type?": str,
        "fundamental_type?": str,
        "start_date?": str,
        "end_date?": str,
        "updated_after?": str,
        "updated_before?": str,
        "latest_only?": bool,
        "page_size?": int,
        "next_page?": str,
    },
)
def list_fundamentals(call: Request) -> Any:
    _only(call.path["identifier"])
    asked = {name: call.query.get(name) for name in ("fiscal_year", "statement_code")}
    found = [
        each
        for each in call.state["statements"]
        if all(value in (None, each[name]) for name, value in asked.items())
    ]
    page, after = page_of(found, call.query.get("next_page"), call.query.get("page_size", 100))
    company = {"id": "com_NX6GzO", "ticker": "AAPL", "name": "Apple Inc", "cik": "0000320193"}
    return {"fundamentals": page, "company": company, "next_page": after}


@API.route(
    "GET /options/chain/{symbol}/{expiration}",
    query={
        "date?": str,
        "type?": {"call", "put"},
        "strike?": float,
        "strike_greater_than?": float,
        "strike_less_than?": float,
        "moneyness?": {"all", "in_the_money", "out_of_they_money", "near_the_money"},
        "page_size?": int,
    },
)
def get_chain(call: Request) -> Any:
    _only(call.path["symbol"])
    if call.path["expiration"] != "2026-12-18":
        refuse("not_found", "An endpoint or data was not found")
    kind = call.query.get("type")
    found = [each for each in call.state["contracts"] if kind in (None, each["option"]["type"])]
    return {"chain": found[: call.query.get("page_size", 100)]}
