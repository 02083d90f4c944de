"""Tools of an Alpaca trading account: https://docs.alpaca.markets/reference.

Checked against the OpenAPI document of the trading API: paths, members of an order, of a position
and of the account. Amounts are texts with a decimal point, in requests and in answers.

The status and the words by which an order is refused are not confirmed.
"""

from typing import Literal

from pydantic import Field

from connectors.tooling import Args, HttpTool, Needs, Output

_ALPACA = (Needs("alpaca"),)
_AMOUNT = r"^\d{1,12}(\.\d{1,9})?$"


class NoArgs(Args):
    pass


class Account(Output):
    id: str
    account_number: str | None = None
    status: str
    currency: str | None = None
    cash: str | None = None
    equity: str | None = None
    buying_power: str | None = None
    portfolio_value: str | None = None
    trading_blocked: bool | None = None


class Position(Output):
    symbol: str
    qty: str
    side: str
    avg_entry_price: str | None = None
    market_value: str | None = None
    current_price: str | None = None
    unrealized_pl: str | None = None


class Positions(Output):
    items: list[Position]


class CreateOrder(Args):
    symbol: str = Field(max_length=30, description="What is traded: AAPL, BTC/USD.")
    side: Literal["buy", "sell"] = Field(description="Whether to buy or to sell.")
    qty: str | None = Field(
        None, pattern=_AMOUNT, description="Number of shares; either this or notional."
    )
    notional: str | None = Field(
        None, pattern=_AMOUNT, description="Dollars to trade, for orders of a day."
    )
    type: Literal["market", "limit", "stop", "stop_limit"] = Field(
        "market", description="When it is filled."
    )
    time_in_force: Literal["day", "gtc", "opg", "cls", "ioc", "fok"] = Field(
        "day", description="How long it stands; crypto takes gtc and ioc."
    )
    limit_price: str | None = Field(
        None, pattern=_AMOUNT, description="The worst price, for limit and stop_limit."
    )
    stop_price: str | None = Field(
        None, pattern=_AMOUNT, description="The price that starts it, for stop and stop_limit."
    )
    client_order_id: str | None = Field(
        None, max_length=48, description="A name of your own; a second order with it is refused."
    )


class Order(Output):
    id: str
    client_order_id: str | None = None
    symbol: str | None = None
    side: str | None = None
    type: str | None = None
    qty: str | None = None
    notional: str | None = None
    status: str
    filled_qty: str | None = None
    submitted_at: str | None = None


TOOLS = (
    HttpTool(
        name="alpaca_get_account",
        description="Return the trading account: status, cash, equity, buying power.",
        needs=_ALPACA,
        effect="read",
        method="GET",
        path="/account",
        args=NoArgs,
        output=Account,
        examples=({},),
    ),
    HttpTool(
        name="alpaca_list_positions",
        description="List the open positions of the trading account: symbol, quantity, value, "
        "gain or loss.",
        needs=_ALPACA,
        effect="read",
        method="GET",
        path="/positions",
        args=NoArgs,
        output=Positions,
        examples=({},),
    ),
    HttpTool(
        name="alpaca_create_order",
        description="Place an order to buy or sell a stock or crypto. A market order is filled at "
        "once; a live account pays with real money.",
        needs=_ALPACA,
        effect="destructive",
        method="POST",
        path="/orders",
        args=CreateOrder,
        output=Order,
        examples=(
            {"symbol": "AAPL", "side": "buy", "qty": "1"},
            {"symbol": "AAPL", "side": "sell", "qty": "2", "type": "limit", "limit_price": "250"},
        ),
    ),
)
