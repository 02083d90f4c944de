"""Tools of Intrinio's market data: https://docs.intrinio.com/documentation/web_api.

Checked against the SDK that Intrinio publishes (intrinio/python-sdk, docs): paths, parameters, and
the members of answers. What an option chain without contracts answers is not confirmed.
"""

from typing import Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, Needs, Output, Pages

_INTRINIO = (Needs("intrinio"),)


class GetPrice(Args):
    identifier: str = Field(
        max_length=50, description="Ticker, FIGI, ISIN, CUSIP or Intrinio id of the security."
    )


class Price(Output):
    last_price: float | None = None
    last_time: str | None = None
    bid_price: float | None = None
    ask_price: float | None = None
    open_price: float | None = None
    high_price: float | None = None
    low_price: float | None = None
    market_volume: float | None = None
    source: str | None = None


class ListFundamentals(Args):
    identifier: str = Field(
        max_length=50, description="Ticker, CIK, LEI or Intrinio id of the company."
    )
    statement_code: str | None = Field(
        None, max_length=50, description="Only of this statement, such as income_statement."
    )
    fiscal_year: int | None = Field(None, ge=1900, le=2100, description="Only of this year.")
    page_size: int = Field(50, ge=1, le=100, description="Entries per page.")
    next_page: str | None = Field(None, max_length=500, description="next of the page before.")


class Fundamental(Output):
    id: str
    statement_code: str | None = None
    fiscal_year: float | None = None
    fiscal_period: str | None = None
    type: str | None = None
    end_date: str | None = None
    filing_date: str | None = None


class Fundamentals(Output):
    fundamentals: list[Fundamental] = Field(default_factory=list)


class GetChain(Args):
    symbol: str = Field(max_length=20, description="Ticker of the underlying security.")
    expiration: str = Field(
        pattern=r"^\d{4}-\d\d-\d\d$", description="Day on which the options expire, YYYY-MM-DD."
    )
    type: Literal["call", "put"] | None = Field(None, description="Only calls, or only puts.")
    page_size: int = Field(100, ge=1, le=100, description="Contracts at most.")


class Contract(Output):
    code: str = Field(validation_alias=AliasPath("option", "code"))
    strike: float | None = Field(None, validation_alias=AliasPath("option", "strike"))
    type: str | None = Field(None, validation_alias=AliasPath("option", "type"))
    date: str | None = Field(None, validation_alias=AliasPath("price", "date"))
    close: float | None = Field(None, validation_alias=AliasPath("price", "close"))
    bid: float | None = Field(None, validation_alias=AliasPath("price", "close_bid"))
    ask: float | None = Field(None, validation_alias=AliasPath("price", "close_ask"))
    volume: int | None = Field(None, validation_alias=AliasPath("price", "volume"))
    open_interest: int | None = Field(None, validation_alias=AliasPath("price", "open_interest"))
    implied_volatility: float | None = Field(
        None, validation_alias=AliasPath("price", "implied_volatility")
    )


class Chain(Output):
    chain: list[Contract] = Field(default_factory=list)


TOOLS = (
    HttpTool(
        name="intrinio_get_stock_price",
        description="Return the newest price of a stock: last trade, bid, ask, high, low, volume.",
        needs=_INTRINIO,
        effect="read",
        method="GET",
        path="/securities/{identifier}/prices/realtime",
        args=GetPrice,
        output=Price,
        examples=({"identifier": "AAPL"},),
    ),
    HttpTool(
        name="intrinio_list_fundamentals",
        description="List the financial statements of a company that Intrinio has: statement, "
        "fiscal period, day of filing, id.",
        needs=_INTRINIO,
        effect="read",
        method="GET",
        path="/companies/{identifier}/fundamentals",
        args=ListFundamentals,
        output=Fundamentals,
        pages=Pages(argument="next_page", next="next_page"),
        examples=(
            {"identifier": "AAPL", "page_size": 2},
            {"identifier": "AAPL", "statement_code": "income_statement", "fiscal_year": 2025},
        ),
    ),
    HttpTool(
        name="intrinio_get_option_chain",
        description="Return the option contracts of a stock for a day of expiration, each with its "
        "end-of-day price, volume and implied volatility.",
        needs=_INTRINIO,
        effect="read",
        method="GET",
        path="/options/chain/{symbol}/{expiration}",
        args=GetChain,
        output=Chain,
        examples=({"symbol": "AAPL", "expiration": "2026-12-18", "type": "call"},),
    ),
)
