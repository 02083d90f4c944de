"""Tools for QuickBooks Online, by developer.intuit.com (data queries, Customer, Invoice).

Quirks:
1. Lists are queries in a language like SQL. A tool takes words and writes the query itself, so that
   no argument becomes a part of it: an apostrophe and a backslash are escaped.
2. A page begins at ``STARTPOSITION`` (from 1), and no answer says that it was the last: a full page
   means that there may be another one.
3. Answers are XML unless JSON is asked for.
4. ``minorversion`` 75 is the lowest that Intuit answers since August 2025.

Unconfirmed: written without the documentation at hand; what matters is the grammar of queries,
minor versions, and the shapes of answers.
"""

from typing import Annotated, Any, Literal

from pydantic import AliasPath, Field

from connectors.tool_text import ONE_LINE
from connectors.tooling import Args, FunctionTool, HttpTool, In, Needs, Output, ToolContext, tool

_NEEDS = (Needs("quickbooks", ("com.intuit.quickbooks.accounting",)),)
_JSON = {"Accept": "application/json"}  # quirk 3
_VERSION = {"minorversion": "75"}  # quirk 4
_ID = Field(pattern="^[0-9]{1,20}$", description="Id, a number.")


class _Page(Args):
    limit: int = Field(default=25, ge=1, le=1000, description="Records per page.")
    start: int = Field(default=1, ge=1, description="Place of the first record, from 1.")


class SearchCustomers(_Page):
    name: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        pattern=ONE_LINE,
        description="Part of the display name.",
    )


class ListInvoices(_Page):
    customer_id: str | None = Field(
        default=None, pattern="^[0-9]{1,20}$", description="Only this customer's."
    )
    unpaid: bool = Field(default=False, description="Only invoices with a balance.")


class GetInvoice(Args):
    invoice_id: str = _ID


class CreateCustomer(Args):
    name: Annotated[str, In("body", "DisplayName")] = Field(
        min_length=1, max_length=500, description="Display name; no two customers may share one."
    )
    email: Annotated[str | None, In("body", "PrimaryEmailAddr.Address")] = Field(
        default=None, max_length=100, description="E-mail address."
    )
    phone: Annotated[str | None, In("body", "PrimaryPhone.FreeFormNumber")] = Field(
        default=None, max_length=30, description="Phone number."
    )
    company: Annotated[str | None, In("body", "CompanyName")] = Field(
        default=None, max_length=100, description="Name of the company."
    )


class CreateInvoice(Args):
    customer_id: Annotated[str, In("body", "CustomerRef.value")] = _ID
    item_id: Annotated[str, In("body", "Line[0].SalesItemLineDetail.ItemRef.value")] = Field(
        pattern="^[0-9]{1,20}$", description="Id of the product or service that is sold."
    )
    amount: Annotated[float, In("body", "Line[0].Amount")] = Field(
        ge=0, description="Amount of the line in the company's currency."
    )
    description: Annotated[str | None, In("body", "Line[0].Description")] = Field(
        default=None, max_length=4000, description="Text of the line."
    )
    due_date: Annotated[str | None, In("body", "DueDate")] = Field(
        default=None, pattern=r"^\d{4}-\d\d-\d\d$", description="YYYY-MM-DD."
    )


class Customer(Output):
    id: str = Field(validation_alias="Id")
    name: str | None = Field(default=None, validation_alias="DisplayName")
    email: str | None = Field(
        default=None, validation_alias=AliasPath("PrimaryEmailAddr", "Address")
    )
    balance: float | None = Field(default=None, validation_alias="Balance")
    active: bool | None = Field(default=None, validation_alias="Active")


class Invoice(Output):
    id: str = Field(validation_alias="Id")
    number: str | None = Field(default=None, validation_alias="DocNumber")
    customer_id: str | None = Field(
        default=None, validation_alias=AliasPath("CustomerRef", "value")
    )
    customer: str | None = Field(default=None, validation_alias=AliasPath("CustomerRef", "name"))
    date: str | None = Field(default=None, validation_alias="TxnDate")
    due_date: str | None = Field(default=None, validation_alias="DueDate")
    total: float | None = Field(default=None, validation_alias="TotalAmt")
    balance: float | None = Field(default=None, validation_alias="Balance")
    currency: str | None = Field(default=None, validation_alias=AliasPath("CurrencyRef", "value"))


class Customers(Output):
    customers: list[Customer]
    next_start: int | None = None


class Invoices(Output):
    invoices: list[Invoice]
    next_start: int | None = None


class OneCustomer(Output):
    customer: Customer = Field(validation_alias="Customer")


class OneInvoice(Output):
    invoice: Invoice = Field(validation_alias="Invoice")


def _quoted(value: str) -> str:
    """Write a value of the query language (quirk 1)."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


async def _records(
    ctx: ToolContext, entity: Literal["Customer", "Invoice"], where: list[str], page: _Page
) -> tuple[list[Any], int | None]:
    """Read one page of records, and where the next one begins."""
    conditions = f" WHERE {' AND '.join(where)}" if where else ""
    paging = f"STARTPOSITION {page.start} MAXRESULTS {page.limit}"
    query = f"SELECT * FROM {entity}{conditions} {paging}"  # noqa: S608 (quirk 1)
    answer = await ctx.fetch(
        "quickbooks", "GET", "/query", query={"query": query, **_VERSION}, headers=_JSON
    )
    records = answer.json()["QueryResponse"].get(entity, [])
    return records, page.start + page.limit if len(records) == page.limit else None  # quirk 2


@tool(
    name="quickbooks_search_customers",
    description="Search customers by a part of their name, or list all: id, name, e-mail, balance. "
    "next_start is the next page's start.",
    needs=_NEEDS,
    effect="read",
    args=SearchCustomers,
    output=Customers,
    examples=({"limit": 2}, {"name": "O'Brien"}),
)
async def search_customers(args: SearchCustomers, ctx: ToolContext) -> Customers:
    where = [f"DisplayName LIKE {_quoted(f'%{args.name}%')}"] if args.name else []
    found, following = await _records(ctx, "Customer", where, args)
    return Customers.model_validate({"customers": found, "next_start": following})


@tool(
    name="quickbooks_list_invoices",
    description="List invoices: number, customer, total, balance, due date. Filter by customer and "
    "unpaid. next_start is the next page's start.",
    needs=_NEEDS,
    effect="read",
    args=ListInvoices,
    output=Invoices,
    examples=({"limit": 2}, {"customer_id": "1", "unpaid": True}),
)
async def list_invoices(args: ListInvoices, ctx: ToolContext) -> Invoices:
    where = [f"CustomerRef = {_quoted(args.customer_id)}"] if args.customer_id else []
    where += ["Balance > '0'"] if args.unpaid else []
    found, following = await _records(ctx, "Invoice", where, args)
    return Invoices.model_validate({"invoices": found, "next_start": following})


TOOLS: tuple[HttpTool | FunctionTool, ...] = (
    search_customers,
    HttpTool(
        name="quickbooks_create_customer",
        description="Create a customer and return its id.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/customer",
        query=_VERSION,
        headers=_JSON,
        args=CreateCustomer,
        output=OneCustomer,
        examples=({"name": "Hooli", "email": "accounts@hooli.example"},),
    ),
    list_invoices,
    HttpTool(
        name="quickbooks_get_invoice",
        description="Read one invoice: number, customer, total, balance, due date.",
        needs=_NEEDS,
        effect="read",
        method="GET",
        path="/invoice/{invoice_id}",
        query=_VERSION,
        headers=_JSON,
        args=GetInvoice,
        output=OneInvoice,
        examples=({"invoice_id": "101"},),
    ),
    HttpTool(
        name="quickbooks_create_invoice",
        description="Create an invoice with one line for a customer. It is not sent.",
        needs=_NEEDS,
        effect="write",
        method="POST",
        path="/invoice",
        query=_VERSION,
        headers=_JSON,
        body={"Line": [{"DetailType": "SalesItemLineDetail"}]},
        args=CreateInvoice,
        output=OneInvoice,
        examples=({"customer_id": "1", "item_id": "1", "amount": 125.5, "due_date": "2026-12-31"},),
    ),
)
