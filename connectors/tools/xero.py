"""Tools for Xero, by developer.xero.com/documentation/api/accounting and XeroAPI/Xero-OpenAPI.

Quirks:
1. Answers are XML unless JSON is asked for.
2. Pages are numbered, and ``pagination`` tells how many there are. No answer has the next number,
   so the caller counts.
3. Writing needs the scope without ``.read``, which does not come with the other one.
4. Apps made since March 2026 have ``accounting.invoices.read`` in place of
   ``accounting.transactions.read``. The tools ask for the finer one.

Methods, paths, parameters and members are checked against XeroAPI/Xero-OpenAPI.

Unconfirmed: the scope ``accounting.invoices.read``, and ``DateString`` and ``DueDateString`` of an
invoice, which that document does not have.
"""

from typing import Annotated, Any, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_API = "/api.xro/2.0"
_JSON = {"Accept": "application/json"}  # quirk 1
_PAGE = Field(default=None, ge=1, description="Number of the page, from 1.")  # quirk 2
_SIZE = Field(default=None, ge=1, le=1000, description="Records per page; 100 by default.")
_GUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class ListContacts(Args):
    search: Annotated[str | None, In("query", "searchTerm")] = Field(
        default=None, max_length=200, description="Part of name, e-mail address or number."
    )
    page: int | None = _PAGE
    page_size: Annotated[int | None, In("query", "pageSize")] = _SIZE


class ListInvoices(Args):
    statuses: Annotated[
        list[Literal["DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED"]] | None,
        In("query", "Statuses", join=","),
    ] = Field(default=None, description="Only these; AUTHORISED is approved and not yet paid.")
    contact_ids: Annotated[
        list[Annotated[str, Field(pattern=_GUID)]] | None, In("query", "ContactIDs", join=",")
    ] = Field(default=None, max_length=50, description="Only invoices of these contacts.")
    page: int | None = _PAGE
    page_size: Annotated[int | None, In("query", "pageSize")] = _SIZE


class ListAccounts(Args):
    pass


class CreateContact(Args):
    name: Annotated[str, In("body", "Contacts[0].Name")] = Field(
        min_length=1, max_length=255, description="Name; no two contacts may share one."
    )
    email: Annotated[str | None, In("body", "Contacts[0].EmailAddress")] = Field(
        default=None, max_length=255, description="E-mail address."
    )
    first_name: Annotated[str | None, In("body", "Contacts[0].FirstName")] = Field(
        default=None, max_length=255, description="First name of the person."
    )
    last_name: Annotated[str | None, In("body", "Contacts[0].LastName")] = Field(
        default=None, max_length=255, description="Last name of the person."
    )


class Contact(Output):
    id: str = Field(validation_alias="ContactID")
    name: str | None = Field(default=None, validation_alias="Name")
    email: str | None = Field(default=None, validation_alias="EmailAddress")
    status: str | None = Field(default=None, validation_alias="ContactStatus")
    is_customer: bool | None = Field(default=None, validation_alias="IsCustomer")
    is_supplier: bool | None = Field(default=None, validation_alias="IsSupplier")


class Invoice(Output):
    id: str = Field(validation_alias="InvoiceID")
    number: str | None = Field(default=None, validation_alias="InvoiceNumber")
    type: str | None = Field(default=None, validation_alias="Type")
    status: str | None = Field(default=None, validation_alias="Status")
    contact: str | None = Field(default=None, validation_alias=AliasPath("Contact", "Name"))
    date: str | None = Field(default=None, validation_alias="DateString")
    due_date: str | None = Field(default=None, validation_alias="DueDateString")
    total: float | None = Field(default=None, validation_alias="Total")
    amount_due: float | None = Field(default=None, validation_alias="AmountDue")
    currency: str | None = Field(default=None, validation_alias="CurrencyCode")


class Account(Output):
    id: str = Field(validation_alias="AccountID")
    code: str | None = Field(default=None, validation_alias="Code")
    name: str | None = Field(default=None, validation_alias="Name")
    type: str | None = Field(default=None, validation_alias="Type")
    status: str | None = Field(default=None, validation_alias="Status")


class _Paged(Output):
    page: int | None = Field(default=None, validation_alias=AliasPath("pagination", "page"))
    page_count: int | None = Field(
        default=None, validation_alias=AliasPath("pagination", "pageCount")
    )


class Contacts(_Paged):
    contacts: list[Contact] = Field(validation_alias="Contacts")


class Invoices(_Paged):
    invoices: list[Invoice] = Field(validation_alias="Invoices")


class Accounts(Output):
    accounts: list[Account] = Field(validation_alias="Accounts")


class CreatedContacts(Output):
    contacts: list[Contact] = Field(validation_alias="Contacts")


def _read(scope: str, **said: Any) -> HttpTool:
    return HttpTool(
        needs=(Needs("xero", (scope,)),), effect="read", method="GET", headers=_JSON, **said
    )


TOOLS = (
    _read(
        "accounting.contacts.read",
        name="xero_list_contacts",
        description="List or search contacts (customers and suppliers): id, name, e-mail. Pages "
        "run to page_count.",
        path=f"{_API}/Contacts",
        args=ListContacts,
        output=Contacts,
        examples=({"page": 1, "page_size": 2}, {"search": "Initech"}),
    ),
    HttpTool(
        name="xero_create_contact",
        description="Create a contact and return its id.",
        needs=(Needs("xero", ("contacts",)),),  # quirk 3
        effect="write",
        method="PUT",
        path=f"{_API}/Contacts",
        headers=_JSON,
        args=CreateContact,
        output=CreatedContacts,
        examples=({"name": "Hooli", "email": "accounts@hooli.example"},),
    ),
    _read(
        "invoices",
        name="xero_list_invoices",
        description="List invoices (type ACCREC) and bills (ACCPAY): number, contact, status, "
        "total, amount due. Filter by status and contact. Pages run to page_count.",
        path=f"{_API}/Invoices",
        args=ListInvoices,
        output=Invoices,
        examples=({"page": 1, "page_size": 2}, {"statuses": ["AUTHORISED"]}),
    ),
    _read(
        "accounting.settings.read",
        name="xero_list_accounts",
        description="List the chart of accounts: code, name, type, status.",
        path=f"{_API}/Accounts",
        args=ListAccounts,
        output=Accounts,
        examples=({},),
    ),
)
