"""Tools of Brex: https://developer.brex.com/openapi/expenses_api, …/team_api.

Checked against Brex's OpenAPI documents: paths, parameters, members, scopes. An amount is in cents.
A receipt is a file: Brex gives an address for it, to which the caller sends it with PUT.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_PAGES = Pages(argument="cursor", next="next_cursor")
_CURSOR = Field(default=None, max_length=500, description="next of the page before.")


class ListCards(Args):
    user_id: str | None = Field(None, max_length=100, description="Only cards of this person.")
    limit: int = Field(50, ge=1, le=100, description="Cards per page.")
    cursor: str | None = _CURSOR


class Card(Output):
    id: str
    card_name: str | None = None
    last_four: str | None = None
    status: str | None = None
    card_type: str | None = None
    limit_type: str | None = None


class Cards(Output):
    items: list[Card] = Field(default_factory=list)


_Status = Literal[
    "DRAFT", "SUBMITTED", "APPROVED", "OUT_OF_POLICY", "VOID", "CANCELED", "SPLIT", "SETTLED"
]


class ListExpenses(Args):
    status: Annotated[list[_Status] | None, In("query", "status[]")] = Field(
        None, max_length=8, description="Only those with one of these statuses."
    )
    purchased_at_start: str | None = Field(
        None, max_length=40, description="Bought from this time on, as 2026-11-01T00:00:00."
    )
    purchased_at_end: str | None = Field(None, max_length=40, description="Bought until then.")
    limit: int = Field(50, ge=1, le=100, description="Expenses per page.")
    cursor: str | None = _CURSOR


class Money(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    amount: int | None = Field(None, description="in cents")
    currency: str | None = None


class Expense(Output):
    id: str
    memo: str | None = None
    category: str | None = None
    status: str | None = None
    payment_status: str | None = None
    purchased_at: str | None = None
    billing_amount: Money | None = None
    user_id: str | None = None


class Expenses(Output):
    items: list[Expense] = Field(default_factory=list)


class UploadReceipt(Args):
    expense_id: str = Field(max_length=200, description="Id of the card expense.")
    receipt_name: str = Field(
        min_length=1, max_length=200, description="Name of the file, with its ending."
    )


class Upload(Output):
    id: str
    uri: str = Field(description="where the file is sent with PUT, within 30 minutes")


TOOLS = (
    HttpTool(
        name="brex_list_cards",
        description="List company cards at Brex: name, last four digits, status, kind of limit.",
        needs=(Needs("brex", ("cards.readonly",)),),
        effect="read",
        method="GET",
        path="/v2/cards",
        args=ListCards,
        output=Cards,
        pages=_PAGES,
        examples=({"limit": 1}, {"user_id": "cuuser_ckze72soa117f01pkmf1aaaaa"}),
    ),
    HttpTool(
        name="brex_list_expenses",
        description="List expenses at Brex: amount, memo, category, status, day. Filter by status "
        "and time.",
        needs=(Needs("brex", ("expenses.card.readonly",)),),
        effect="read",
        method="GET",
        path="/v1/expenses",
        args=ListExpenses,
        output=Expenses,
        pages=_PAGES,
        examples=({"limit": 2}, {"status": ["APPROVED"]}),
    ),
    HttpTool(
        name="brex_create_receipt_upload",
        description="Return an address to which the receipt of a card expense is sent with PUT, "
        "within 30 minutes.",
        needs=(Needs("brex", ("expenses.card",)),),
        effect="write",
        method="POST",
        path="/v1/expenses/card/{expense_id}/receipt_upload",
        args=UploadReceipt,
        output=Upload,
        examples=({"expense_id": "expense_sandbox1", "receipt_name": "dinner.pdf"},),
    ),
)
